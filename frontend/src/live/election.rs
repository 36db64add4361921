//! One tab of all: the one that holds a Web Lock
//! (<https://developer.mozilla.org/docs/Web/API/Web_Locks_API>).

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

use crate::task::Task;

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

/// A tab's candidature. Dropping it withdraws, or hands over to the next tab.
pub struct Election {
    withdraw: Option<AbortController>,
    office: Rc<RefCell<Option<Office>>>,
    _granted: Option<Closure<dyn FnMut() -> Promise>>,
}

/// What the elected tab does, and how it lets go.
struct Office {
    _work: Task,
    release: Option<Function>,
}

impl Election {
    /// Stands for election under this name. `work` is done once elected, until the end.
    pub fn stand<F: Future<Output = ()> + 'static>(
        name: &str,
        work: impl Fn() -> F + 'static,
    ) -> Self {
        let office = Rc::new(RefCell::new(None));
        let (Some(locks), Ok(withdraw)) = (locks(), AbortController::new()) else {
            // Browsers have no locks outside secure contexts: each tab works for itself.
            *office.borrow_mut() = Some(Office {
                _work: Task::spawn(work()),
                release: None,
            });
            return Self {
                withdraw: None,
                office,
                _granted: None,
            };
        };
        let held = office.clone();
        let granted = Closure::new(move || {
            // The lock is held until this promise resolves.
            Promise::new(&mut |release, _| {
                *held.borrow_mut() = Some(Office {
                    _work: Task::spawn(work()),
                    release: Some(release),
                });
            })
        });
        let options = Object::new();
        let _ = Reflect::set(&options, &"signal".into(), &withdraw.signal());
        if let Ok(request) = locks.request(name, &options, granted.as_ref().unchecked_ref()) {
            wasm_bindgen_futures::spawn_local(async {
                // Rejects when this tab withdraws.
                let _ = JsFuture::from(request).await;
            });
        }
        Self {
            withdraw: Some(withdraw),
            office,
            _granted: Some(granted),
        }
    }
}

impl Drop for Election {
    fn drop(&mut self) {
        if let Some(withdraw) = &self.withdraw {
            withdraw.abort();
        }
        if let Some(release) = self.office.take().and_then(|office| office.release) {
            let _ = release.call0(&JsValue::NULL);
        }
    }
}

fn locks() -> Option<LockManager> {
    let navigator = Reflect::get(&web_sys::window()?.into(), &"navigator".into()).ok()?;
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    locks.is_object().then(|| locks.unchecked_into())
}
