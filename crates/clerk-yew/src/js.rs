//! JavaScript's values, read and called by name.
//!
//! clerk-js has hundreds of members. Reading them by name costs the page one import in all, and a
//! getter or a method that throws is an error of ours instead of one in somebody else's loop.

use js_sys::{Array, Date, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::error::ClerkError;

/// A member; `undefined` when there is none, or when reading it throws.
pub fn get(of: &JsValue, name: &str) -> JsValue {
    if !of.is_object() && !of.is_function() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(of, &name.into()).unwrap_or_default()
}

/// A member that is there.
pub fn member(of: &JsValue, name: &str) -> Option<JsValue> {
    let value = get(of, name);
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

/// A member that is a string.
pub fn string(of: &JsValue, name: &str) -> Option<String> {
    get(of, name).as_string()
}

/// A member that is a number.
pub fn number(of: &JsValue, name: &str) -> Option<f64> {
    get(of, name).as_f64()
}

/// Whether a member is `true`.
pub fn is_true(of: &JsValue, name: &str) -> bool {
    get(of, name).is_truthy()
}

/// A member that is a date, in milliseconds since the Unix epoch.
pub fn date(of: &JsValue, name: &str) -> Option<f64> {
    let date = get(of, name).dyn_into::<Date>().ok()?.get_time();
    date.is_finite().then_some(date)
}

/// The items of a member that is an array; none when it is not.
pub fn items(of: &JsValue, name: &str) -> impl Iterator<Item = JsValue> {
    let array = get(of, name).dyn_into::<Array>().unwrap_or_default();
    (0..array.length()).map(move |index| array.get(index))
}

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

/// A JavaScript object of these entries; those that are `undefined` are left out.
pub fn object<'a>(entries: impl IntoIterator<Item = (&'a str, JsValue)>) -> JsValue {
    let object = Object::new();
    for (name, value) in entries {
        if !value.is_undefined() {
            // Setting a property of a fresh plain object cannot fail.
            let _ = Reflect::set(&object, &name.into(), &value);
        }
    }
    object.into()
}
