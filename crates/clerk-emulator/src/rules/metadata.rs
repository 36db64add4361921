//! Metadata: JSON objects, merged as a JSON merge patch says (RFC 7396).

use serde_json::{Map, Value};

use crate::error::ClerkError;

/// The most that Clerk keeps in one, in bytes.
const SIZE_MAX: usize = 8 * 1024;

/// Merges `patch` into `target`: null removes, objects merge, everything else replaces.
pub fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    if let Value::Object(target) = target {
        for (name, value) in patch {
            if value.is_null() {
                target.remove(name);
            } else {
                merge(target.entry(name).or_insert(Value::Null), value);
            }
        }
    }
}

/// Metadata with some of it changed.
pub fn merged(
    param: &str,
    kept: &Map<String, Value>,
    patch: &Value,
) -> Result<Map<String, Value>, ClerkError> {
    let mut all = Value::Object(kept.clone());
    merge(&mut all, patch);
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
    fn a_patch_removes_merges_and_replaces() {
        let mut kept = json!({ "a": 1, "b": { "c": 2, "d": 3 }, "e": [1] });
        merge(
            &mut kept,
            &json!({ "a": null, "b": { "c": null, "x": 4 }, "e": [2] }),
        );
        assert_eq!(kept, json!({ "b": { "d": 3, "x": 4 }, "e": [2] }));
    }

    #[test]
    fn metadata_is_an_object_of_limited_size() {
        assert!(checked("public_metadata", &json!([])).is_err());
        let large = json!({ "text": "x".repeat(SIZE_MAX) });
        assert!(checked("public_metadata", &large).is_err());
    }
}
