//! Values between Rust and clerk-js: what is read from its objects and what is handed to them.

use js_sys::{Array, Date};
use wasm_bindgen::{JsCast, JsValue};

use crate::error::{ClerkError, Reason};
use crate::js;

/// What can be read from a JavaScript value. What is not there is the type's empty value.
pub(crate) trait Read: Sized {
    /// The value in Rust.
    fn read(value: JsValue) -> Self;
}

/// What can be handed to JavaScript.
pub(crate) trait Write {
    /// The value in JavaScript; `undefined` stands for one that is left out.
    fn write(&self) -> JsValue;
}

/// Calls a method that answers a promise, and reads what it promises.
pub(crate) async fn ask<T: Read>(
    of: &JsValue,
    method: &str,
    arguments: &[JsValue],
) -> Result<T, ClerkError> {
    js::call_async(of, method, arguments).await.map(T::read)
}

impl Read for () {
    fn read(_: JsValue) -> Self {}
}

impl Read for JsValue {
    fn read(value: JsValue) -> Self {
        value
    }
}

impl Read for String {
    fn read(value: JsValue) -> Self {
        value.as_string().unwrap_or_default()
    }
}

impl Read for bool {
    fn read(value: JsValue) -> Self {
        value.is_truthy()
    }
}

/// Numbers, and dates as milliseconds since the Unix epoch.
impl Read for f64 {
    fn read(value: JsValue) -> Self {
        match value.dyn_ref::<Date>() {
            Some(date) => date.get_time(),
            None => value.as_f64().unwrap_or_default(),
        }
    }
}

impl Read for u32 {
    // Clerk counts in whole numbers from 0; `as` saturates.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn read(value: JsValue) -> Self {
        f64::read(value) as Self
    }
}

impl Read for Reason {
    fn read(value: JsValue) -> Self {
        Self::new(&value)
    }
}

impl Read for ClerkError {
    fn read(value: JsValue) -> Self {
        Self::thrown(&value)
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: JsValue) -> Self {
        (!value.is_undefined() && !value.is_null()).then(|| T::read(value))
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: JsValue) -> Self {
        let array: Array = value.dyn_into().unwrap_or_default();
        array.iter().map(T::read).collect()
    }
}

impl Write for JsValue {
    fn write(&self) -> JsValue {
        self.clone()
    }
}

impl Write for String {
    fn write(&self) -> JsValue {
        self.into()
    }
}

impl Write for bool {
    fn write(&self) -> JsValue {
        (*self).into()
    }
}

impl Write for u32 {
    fn write(&self) -> JsValue {
        (*self).into()
    }
}

impl<T: Write> Write for Option<T> {
    fn write(&self) -> JsValue {
        self.as_ref().map_or(JsValue::UNDEFINED, Write::write)
    }
}

impl<T: Write> Write for Vec<T> {
    fn write(&self) -> JsValue {
        self.iter().map(Write::write).collect::<Array>().into()
    }
}
