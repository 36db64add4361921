//! Metadata: JSON objects, merged as a JSON merge patch says (RFC 7396).

use serde_json::{Map, Value};

use crate::error::ClerkError;

/// The most that Clerk keeps in one, in bytes.
const SIZE_MAX: usize = 8 * 1024;

/// Metadata with some of it changed.
pub fn merged(
    param: &str,
    kept: &Map<String, Value>,
    patch: &Value,
) -> Result<Map<String, Value>, ClerkError> {
    let mut all = Value::Object(kept.clone());
    json_patch::merge(&mut all, patch);
    checked(param, &all)
}

/// Metadata that may be kept: an object, and not too large.
pub fn checked(param: &str, value: &Value) -> Result<Map<String, Value>, ClerkError> {
    let Value::Object(object) = value else {
        return Err(ClerkError::at(
            param,
            "form_param_format_invalid",
            format!("{param} must be a JSON object."),
        ));
    };
    if value.to_string().len() > SIZE_MAX {
        return Err(ClerkError::at(
            param,
            "form_param_exceeds_allowed_size",
            format!("{param} must be at most 8 KB."),
        ));
    }
    Ok(object.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn metadata_is_an_object_of_limited_size() {
        assert!(checked("public_metadata", &json!([])).is_err());
        let large = json!({ "text": "x".repeat(SIZE_MAX) });
        assert!(checked("public_metadata", &large).is_err());
    }
}
