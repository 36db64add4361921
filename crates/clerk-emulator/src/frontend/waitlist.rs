//! `/v1/waitlist`: somebody wants to be let in.

use serde_json::json;

use crate::rules::waitlist;
use crate::scope::{Answer, Reply, Scope};

/// `POST /v1/waitlist`
pub fn join(scope: &mut Scope<'_>) -> Answer {
    let entry = waitlist::enter(scope, scope.call.required("email_address")?)?;
    Ok(Reply::Plain(
        json!({ "object": "waitlist_entry", "id": entry.id }),
    ))
}
