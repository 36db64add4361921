//! Clerk's OpenAPI documents: whether an answer is one that Clerk could have given.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

/// One of Clerk's APIs.
pub struct Document {
    root: Value,
    /// By the place of the schema.
    validators: HashMap<String, Validator>,
}

type Documents = HashMap<&'static str, Mutex<Document>>;

/// The documents, when there are any.
fn documents() -> Option<&'static Documents> {
    static DOCUMENTS: OnceLock<Option<Documents>> = OnceLock::new();
    let load = || {
        let folder = PathBuf::from(std::env::var_os("CLERK_SPECS_DIR")?);
        let one = |api| (api, Mutex::new(Document::read(&folder, api)));
        Some(HashMap::from(["fapi", "bapi", "webhooks"].map(one)))
    };
    DOCUMENTS.get_or_init(load).as_ref()
}

/// Fails when the answer is not what the document says. `path` is without `/v1`, which
/// only `/.well-known` does not have.
pub fn check(api: &str, method: &str, path: &str, status: u16, body: &Value) {
    let Some(documents) = documents() else {
        return;
    };
    let path = path
        .split('?')
        .next()
        .unwrap_or_default()
        .trim_end_matches('/');
    let path = if api == "fapi" && !path.starts_with("/.well-known") {
        format!("/v1{path}")
    } else {
        path.to_owned()
    };
    let mut document = documents[api]
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let wrong = document.wrong(&method.to_lowercase(), &path, status, body);
    drop(document);
    match wrong {
        Ok(operation) => note(api, &operation, status),
        Err(errors) => panic!("{api} {method} {path} {status}: {errors}\n{body:#}"),
    }
}

/// Fails when a webhook's event is not what the document says.
pub fn check_event(event: &Value) {
    let Some(documents) = documents() else {
        return;
    };
    let kind = event["type"].as_str().expect("a type");
    let mut document = documents["webhooks"]
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let place = format!("/x-webhooks/{kind}/post/requestBody/content/application~1json/schema");
    let errors = document.errors_at(&place, event);
    drop(document);
    match errors {
        Ok(errors) if errors.is_empty() => note("webhooks", kind, 200),
        Ok(errors) => panic!("{kind}: {errors}\n{event:#}"),
        Err(error) => panic!("{kind}: {error}"),
    }
}

/// Remembers which operations were answered, for the table of coverage.
fn note(api: &str, operation: &str, status: u16) {
    if let Some(file) = std::env::var_os("CONFORMANCE_LOG") {
        let line = format!("{api} {operation} {status}\n");
        let file = OpenOptions::new().create(true).append(true).open(file);
        file.expect("the log")
            .write_all(line.as_bytes())
            .expect("a line");
    }
}

impl Document {
    fn read(folder: &Path, api: &str) -> Self {
        let file = std::fs::read_dir(folder)
            .expect("CLERK_SPECS_DIR is a folder")
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|file| {
                let name = file
                    .file_name()
                    .and_then(|it| it.to_str())
                    .unwrap_or_default();
                name.starts_with(api)
            })
            .unwrap_or_else(|| panic!("CLERK_SPECS_DIR has no {api}*.yml: {}", folder.display()));
        let text = std::fs::read_to_string(file).expect("a document");
        let mut root: Value = serde_saphyr::from_str(&text).expect("YAML");
        if api == "webhooks" {
            mend_webhooks(&mut root);
        }
        to_json_schema(&mut root);
        Self {
            root,
            validators: HashMap::new(),
        }
    }

    /// The operation, or how the answer is not what it says.
    fn wrong(
        &mut self,
        method: &str,
        path: &str,
        status: u16,
        body: &Value,
    ) -> Result<String, String> {
        let template = self.template(method, path).ok_or("not in the document")?;
        let operation = format!("{} {template}", method.to_uppercase());
        // Errors are in one shape everywhere, whether this operation lists the status or not.
        if status >= 400 {
            let one = &body["errors"][0];
            return if one["code"].is_string() && one["message"].is_string() {
                Ok(operation)
            } else {
                Err("not in Clerk's error shape".to_owned())
            };
        }
        let place = self.schema_of(method, &template, status)?;
        let errors = match place {
            Some(place) => self.errors_at(&place, body)?,
            None => String::new(),
        };
        if errors.is_empty() {
            Ok(operation)
        } else {
            Err(errors)
        }
    }

    /// How the body is not what the schema at this place says; empty when it is.
    fn errors_at(&mut self, place: &str, body: &Value) -> Result<String, String> {
        if !self.validators.contains_key(place) {
            let validator = self.validator(place)?;
            self.validators.insert(place.to_owned(), validator);
        }
        let errors = self.validators[place].iter_errors(body).take(5);
        let errors: Vec<String> = errors
            .map(|error| {
                let mut text = error.to_string();
                text.truncate(600);
                format!("at {}: {text}", error.instance_path())
            })
            .collect();
        Ok(errors.join("\n"))
    }

    /// The path of the document that this one is an instance of; one with fewer parameters wins.
    fn template(&self, method: &str, path: &str) -> Option<String> {
        let parts: Vec<&str> = path.split('/').collect();
        let paths = self.root["paths"].as_object()?;
        paths
            .iter()
            .filter(|(_, operations)| operations.get(method).is_some())
            .filter_map(|(template, _)| {
                let known: Vec<&str> = template.split('/').collect();
                let fits = known.len() == parts.len()
                    && known
                        .iter()
                        .zip(&parts)
                        .all(|(known, part)| known.starts_with('{') || known == part);
                fits.then(|| {
                    (
                        known.iter().filter(|it| it.starts_with('{')).count(),
                        template,
                    )
                })
            })
            .min()
            .map(|(_, template)| template.clone())
    }

    /// Where the schema of an answer stands; none for one without a body.
    fn schema_of(
        &self,
        method: &str,
        template: &str,
        status: u16,
    ) -> Result<Option<String>, String> {
        let escaped = template.replace('~', "~0").replace('/', "~1");
        let status = status.to_string();
        let responses = &self.root["paths"][template][method]["responses"];
        let response = responses
            .get(&status)
            .ok_or("a status that is not listed")?;
        let pointer = match response["$ref"].as_str() {
            Some(reference) => reference.trim_start_matches('#').to_owned(),
            None => format!("/paths/{escaped}/{method}/responses/{status}"),
        };
        let schema = format!("{pointer}/content/application~1json/schema");
        Ok(self.root.pointer(&schema).map(|_| schema))
    }

    fn validator(&mut self, place: &str) -> Result<Validator, String> {
        if self.root.pointer(place).is_none() {
            return Err("not in the document".to_owned());
        }
        let reference = place.replace('{', "%7B").replace('}', "%7D");
        self.root["$ref"] = json!(format!("#{reference}"));
        jsonschema::options()
            .with_draft(Draft::Draft4)
            .should_validate_formats(false)
            .build(&self.root)
            .map_err(|error| error.to_string())
    }
}

/// The document of webhooks extends closed schemas, which nothing can satisfy: what extends one
/// is made one closed schema here. And a session may be pending, as its own example is.
fn mend_webhooks(root: &mut Value) {
    let statuses = root.pointer_mut("/components/schemas/Session/properties/status/enum");
    let statuses = statuses.and_then(Value::as_array_mut).expect("statuses");
    statuses.push(json!("pending"));
    let schemas = root["components"]["schemas"].clone();
    merge_extended(root, &schemas);
}

fn merge_extended(value: &mut Value, schemas: &Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|it| merge_extended(it, schemas)),
        Value::Object(fields) => {
            fields
                .values_mut()
                .for_each(|it| merge_extended(it, schemas));
            let Some(Value::Array(parts)) = fields.get("allOf") else {
                return;
            };
            let part = |it: &Value| match it["$ref"].as_str() {
                Some(reference) => {
                    let name = reference.rsplit('/').next().unwrap_or_default();
                    schemas[name].clone()
                }
                None => it.clone(),
            };
            let parts: Vec<Value> = parts.iter().map(part).collect();
            if !parts.iter().any(|it| it["additionalProperties"] == false) {
                return;
            }
            let mut properties = Map::new();
            let mut required = Vec::new();
            for part in parts {
                properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
                required.extend(part["required"].as_array().cloned().unwrap_or_default());
            }
            fields.remove("allOf");
            fields.insert("type".to_owned(), json!("object"));
            fields.insert("properties".to_owned(), Value::Object(properties));
            fields.insert("required".to_owned(), Value::Array(required));
            fields.insert("additionalProperties".to_owned(), json!(false));
        }
        _ => {}
    }
}

/// OpenAPI 3.0 says `nullable` where JSON Schema says so with a type. What is one of several
/// may be any of them here: the document's own alternatives overlap.
fn to_json_schema(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(to_json_schema),
        Value::Object(fields) => {
            fields.values_mut().for_each(to_json_schema);
            if let Some(alternatives) = fields.remove("oneOf") {
                fields.insert("anyOf".to_owned(), alternatives);
            }
            if fields.get("nullable") == Some(&Value::Bool(true)) {
                fields.remove("nullable");
                let schema = Value::Object(std::mem::take(fields));
                *fields =
                    Map::from_iter([("anyOf".to_owned(), json!([schema, { "type": "null" }]))]);
            }
        }
        _ => {}
    }
}
