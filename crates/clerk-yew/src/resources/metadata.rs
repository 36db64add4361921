//! Metadata and claims, typed by the caller.

use js_sys::JSON;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

use crate::error::{ClerkError, ErrorKind};

/// Metadata as Clerk takes it, for arguments that carry some.
///
/// # Errors
/// When the value has no form in JSON.
pub fn metadata<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, ClerkError> {
    let json = serde_json::to_string(value).map_err(|error| unfit(&error))?;
    JSON::parse(&json).map_err(|thrown| ClerkError::thrown(&thrown))
}

/// Metadata as the caller's type. What is not there reads as `{}`.
pub(crate) fn typed<T: DeserializeOwned>(value: &JsValue) -> Result<T, ClerkError> {
    let json = if value.is_object() {
        String::from(JSON::stringify(value).map_err(|thrown| ClerkError::thrown(&thrown))?)
    } else {
        "{}".to_owned()
    };
    serde_json::from_str(&json).map_err(|error| unfit(&error))
}

fn unfit(error: &serde_json::Error) -> ClerkError {
    ClerkError::new(ErrorKind::Other, "metadata_invalid", error.to_string())
}
