//! JavaScript's values, read by name and made.
//!
//! clerk-js has hundreds of members. Reading them by name costs the page one import in all, and a
//! getter that throws is `undefined` instead of an error in somebody else's loop.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

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

/// The items of a member that is an array; none when it is not.
pub fn items(of: &JsValue, name: &str) -> impl Iterator<Item = JsValue> {
    let array = get(of, name).dyn_into::<Array>().unwrap_or_default();
    (0..array.length()).map(move |index| array.get(index))
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
