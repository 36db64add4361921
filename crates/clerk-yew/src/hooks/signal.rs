//! clerk-js's signals: values that tell when they change.

use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use yew::prelude::*;

use super::selected::use_selected;
use crate::js;

/// What a signal of clerk-js holds; none until Clerk is loaded. The component renders anew only
/// when the signal changed.
#[hook]
pub(crate) fn use_signal(name: &'static str) -> Option<JsValue> {
    let clerk = use_selected(|now| now.clerk.clone());
    let signals = clerk.map(|clerk| js::get(&clerk, "__internal_state"));
    let now = signals.as_ref().and_then(|signals| read(signals, name));
    let shown = use_mut_ref(|| None);
    shown.borrow_mut().clone_from(&now);
    let update = use_force_update();
    use_effect_with(signals, move |signals| {
        let effect = signals.clone().and_then(|signals| {
            Effect::start(&signals.clone(), move || {
                // The signals that are read here are those that are followed.
                if read(&signals, name) != *shown.borrow() {
                    update.force_update();
                }
            })
        });
        move || drop(effect)
    });
    now
}

/// The value of a signal: another object whenever it changed.
fn read(signals: &JsValue, name: &str) -> Option<JsValue> {
    js::call(signals, name, &[]).ok()
}

/// Something that runs whenever a signal it reads changes, until it is dropped.
struct Effect {
    stop: JsValue,
    _run: Closure<dyn FnMut()>,
}

impl Effect {
    fn start(signals: &JsValue, run: impl FnMut() + 'static) -> Option<Self> {
        let run = Closure::<dyn FnMut()>::new(run);
        let stop = js::call(signals, "__internal_effect", &[run.as_ref().clone()]).ok()?;
        Some(Self { stop, _run: run })
    }
}

impl Drop for Effect {
    fn drop(&mut self) {
        // Stopping cannot fail; if it did, the effect would call into nothing and clerk-js say so.
        let _ = js::call(&self.stop, "call", &[]);
    }
}
