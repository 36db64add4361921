use serde_json::{Value, json};
use crate::error::ClerkError;
use crate::model::WaitlistEntry;
use crate::scope::Scope;
pub fn shown(_scope: &Scope<'_>, it: &WaitlistEntry) -> Result<Value, ClerkError> { Ok(json!({"id": it.id})) }
