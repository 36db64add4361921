//! Web Locks (<https://developer.mozilla.org/docs/Web/API/Web_Locks_API>): the tab that holds one
//! leads, and one that is given up tells that its tab is closed.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

#[wasm_bindgen]
extern "C" {
    type LockManager;
    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &Object,
        granted: &Function,
    ) -> Result<Promise, JsValue>;
}

/// A lock that is held or waited for. Dropping it gives it up.
pub struct Lock {
    withdraw: AbortController,
    release: Rc<RefCell<Option<Function>>>,
    _granted: Closure<dyn FnMut() -> Promise>,
}

impl Lock {
    /// Asks for the lock of this name; `held` is told when it is this tab's. Where there are no
    /// locks, outside of secure contexts, answers none.
    pub fn ask(name: &str, held: impl Fn() + 'static) -> Option<Self> {
        let locks = locks()?;
        let withdraw = AbortController::new().ok()?;
        let release = Rc::new(RefCell::new(None));
        let (kept, held) = (release.clone(), Rc::new(held));
        let alone = held.clone();
        let granted = Closure::new(move || {
            // The lock is held until this promise resolves.
            let until = Promise::new(&mut |release, _| *kept.borrow_mut() = Some(release));
            held();
            until
        });
        let options = Object::new();
        let _ = Reflect::set(&options, &"signal".into(), &withdraw.signal());
        if let Ok(request) = locks.request(name, &options, granted.as_ref().unchecked_ref()) {
            let signal = withdraw.signal();
            wasm_bindgen_futures::spawn_local(async move {
                // Rejects when this tab withdraws, or where the browser keeps nothing for the page: then
                // it shares nothing with other tabs either.
                if JsFuture::from(request).await.is_err() && !signal.aborted() {
                    alone();
                }
            });
        }
        Some(Self {
            withdraw,
            release,
            _granted: granted,
        })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.withdraw.abort();
        if let Some(release) = self.release.take() {
            let _ = release.call0(&JsValue::NULL);
        }
    }
}

fn locks() -> Option<LockManager> {
    let navigator = Reflect::get(&web_sys::window()?.into(), &"navigator".into()).ok()?;
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    locks.is_object().then(|| locks.unchecked_into())
}
