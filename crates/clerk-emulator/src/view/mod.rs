//! Records as Clerk's JSON, in the shape of its published OpenAPI documents
//! (<https://clerk.com/docs/reference/frontend-api>, <https://clerk.com/docs/reference/backend-api>).

pub mod environment;

mod access;
mod client;
pub mod factors;
mod organization;
mod public;
mod user;

pub use access::{invitation, waitlist_entry};
pub use client::{
    client, missing_fields, reverification, session, session_for_backend, session_token, sign_in,
    sign_up, sign_up_for_backend, tasks,
};
pub use organization::{
    domain, invitation as organization_invitation, membership, organization, permission,
    public_organization, request, role, suggestion,
};
pub use public::{image_url, public_user, user_image_url};
pub use user::{email_address, passkey, user};

use serde_json::{Value, json};

use crate::model::Verification;

/// Who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// A browser, by the Frontend API.
    Frontend,
    /// A server, by the Backend API or a webhook.
    Backend,
}

/// A proof, and how far it is.
pub fn verification(it: &Verification) -> Value {
    let object = match it.strategy.as_str() {
        "email_code" | "reset_password_email_code" => "verification_otp",
        "email_link" => "verification_email_link",
        "password" => "verification_password",
        "ticket" => "verification_ticket",
        "admin" => "verification_admin",
        "passkey" => "verification_passkey",
        "totp" => "verification_totp",
        "backup_code" => "verification_backup_code",
        other if other.starts_with("from_oauth_") => "verification_from_oauth",
        _ => "verification_oauth",
    };
    let mut shown = json!({
        "object": object,
        "status": it.status,
        "strategy": it.strategy,
        "attempts": it.attempts,
        "expire_at": it.expire_at,
    });
    if let Some(url) = &it.external_url {
        shown["external_verification_redirect_url"] = json!(url);
    }
    if let Some(nonce) = &it.nonce {
        shown["nonce"] = json!(nonce);
    }
    if let Some((code, message)) = &it.error {
        shown["error"] = json!({ "code": code, "message": message, "long_message": message });
    }
    shown
}

/// An answer that something is gone.
pub fn deleted(object: &str, id: &str) -> Value {
    json!({ "object": object, "id": id, "deleted": true })
}

/// A part of a list with the number of all.
pub fn paginated(data: &[Value], total_count: usize) -> Value {
    json!({ "data": data, "total_count": total_count })
}
