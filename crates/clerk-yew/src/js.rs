//! JavaScript's values, read and called by name. A method that throws is an error of ours.

use js_sys::{Array, Function, Promise, Reflect, global};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::error::ClerkError;
pub use crate::value::*;

/// Calls a method.
///
/// # Errors
/// When there is no such method, or when it throws.
pub fn call(of: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, ClerkError> {
    let function: Function = get(of, method)
        .dyn_into()
        .map_err(|_| ClerkError::missing(method))?;
    let arguments: Array = arguments.iter().collect();
    Reflect::apply(&function, of, &arguments).map_err(|thrown| ClerkError::thrown(&thrown))
}

/// Calls a method and waits for what it promises.
///
/// # Errors
/// As [`call`], or when the promise is rejected.
pub async fn call_async(
    of: &JsValue,
    method: &str,
    arguments: &[JsValue],
) -> Result<JsValue, ClerkError> {
    let answer = call(of, method, arguments)?;
    JsFuture::from(Promise::resolve(&answer))
        .await
        .map_err(|thrown| ClerkError::thrown(&thrown))
}

/// Sets a member of an object of ours.
pub fn set(object: &JsValue, name: &str, value: &JsValue) {
    // Setting a property of a plain object cannot fail.
    let _ = Reflect::set(object, &name.into(), value);
}

/// A global of the page, if it is defined.
pub fn of_page(name: &str) -> Option<JsValue> {
    member(&global(), name)
}

/// Tells the developer, in the browser's console.
pub fn report(message: &str) {
    if let Some(console) = of_page("console") {
        // A console without `error` is nobody's console.
        let _ = call(&console, "error", &[format!("clerk-yew: {message}").into()]);
    }
}
