use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use yew::prelude::*;

/// Whether the browser has a network.
#[hook]
pub fn use_online() -> bool {
    let online = use_state_eq(is_online);
    let setter = online.setter();
    use_effect_with((), move |()| {
        let changed = Closure::<dyn FnMut()>::new(move || setter.set(is_online()));
        if let Some(window) = web_sys::window() {
            for event in ["online", "offline"] {
                let _ = window
                    .add_event_listener_with_callback(event, changed.as_ref().unchecked_ref());
            }
        }
        move || {
            if let Some(window) = web_sys::window() {
                for event in ["online", "offline"] {
                    let _ = window.remove_event_listener_with_callback(
                        event,
                        changed.as_ref().unchecked_ref(),
                    );
                }
            }
        }
    });
    *online
}

fn is_online() -> bool {
    web_sys::window().is_none_or(|window| window.navigator().on_line())
}
