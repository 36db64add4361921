//! Waiting until the browser has nothing better to do.

use gloo_timers::future::TimeoutFuture;
use js_sys::Promise;
use wasm_bindgen_futures::JsFuture;

/// How long after that moment a browser is taken to be idle that does not tell, in milliseconds.
const OTHERWISE: u32 = 200;

/// Returns once the browser has painted what there is and waits.
pub async fn idle() {
    let mut tells = false;
    let promise = Promise::new(&mut |resolve, _| {
        let told = web_sys::window().map(|window| window.request_idle_callback(&resolve));
        tells = matches!(told, Some(Ok(_)));
        if !tells {
            // Safari has no such callback.
            let _ = resolve.call0(&wasm_bindgen::JsValue::UNDEFINED);
        }
    });
    let _ = JsFuture::from(promise).await;
    if !tells {
        TimeoutFuture::new(OTHERWISE).await;
    }
}
