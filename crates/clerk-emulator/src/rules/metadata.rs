//! Metadata: JSON objects, merged as a JSON merge patch says (RFC 7396).

use serde_json::{Map, Value};

use crate::error::ClerkError;

/// The most that Clerk keeps in one, in bytes.
const SIZE_MAX: usize = 8 * 1024;
/// How deep JSON may be nested that is kept for somebody. Clerk documents no bound; the records,
/// events and exports that hold it must stay below the 128 that `serde_json` reads.
const DEPTH_MAX: usize = 32;

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
    shallow(param, value)?;
    Ok(object.clone())
}

/// Refuses JSON that is nested deeper than what is kept can be read.
///
/// # Errors
/// 422 at this parameter.
pub fn shallow(param: &str, value: &Value) -> Result<(), ClerkError> {
    if is_deeper(value, DEPTH_MAX) {
        return Err(ClerkError::at(
            param,
            "form_param_format_invalid",
            format!("{param} must not be nested more than {DEPTH_MAX} levels deep."),
        ));
    }
    Ok(())
}

fn is_deeper(value: &Value, most: usize) -> bool {
    let inside = |it: &Value| is_deeper(it, most.saturating_sub(1));
    match value {
        Value::Object(fields) => most == 0 || fields.values().any(inside),
        Value::Array(list) => most == 0 || list.iter().any(inside),
        _ => false,
    }
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

    #[test]
    fn metadata_is_nested_so_deep_and_no_deeper() {
        let nested = |depth| (0..depth).fold(json!(1), |inside, _| json!({ "a": inside }));
        assert!(checked("public_metadata", &nested(DEPTH_MAX)).is_ok());
        assert!(checked("public_metadata", &nested(DEPTH_MAX + 1)).is_err());
        let list = (0..=DEPTH_MAX).fold(json!(1), |inside, _| json!([inside]));
        assert!(shallow("actor", &list).is_err());
        let grown = merged("public_metadata", &Map::new(), &nested(100));
        assert!(grown.is_err());
    }
}
