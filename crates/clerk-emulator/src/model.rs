//! What the emulator remembers. Times are milliseconds since the Unix epoch.

use serde::{Deserialize, Serialize};

/// A person with an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct User {
    pub id: String,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email_addresses: Vec<EmailAddress>,
    pub primary_email_address_id: Option<String>,
    /// Argon2id in PHC string form.
    pub password_hash: Option<String>,
    /// Open sessions, on all clients, oldest first.
    pub session_ids: Vec<String>,
    pub last_sign_in_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
}

impl User {
    /// The address the person is reached at.
    pub fn primary_email(&self) -> Option<&EmailAddress> {
        let id = self.primary_email_address_id.as_deref()?;
        self.email_addresses.iter().find(|address| address.id == id)
    }

    /// First and last name, as far as they are known.
    pub fn full_name(&self) -> Option<String> {
        let names: Vec<&str> = [&self.first_name, &self.last_name]
            .into_iter()
            .filter_map(|name| name.as_deref())
            .filter(|name| !name.is_empty())
            .collect();
        (!names.is_empty()).then(|| names.join(" "))
    }
}

/// An e-mail address of a person.
#[allow(clippy::struct_field_names, reason = "named as in Clerk's JSON")]
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EmailAddress {
    pub id: String,
    pub email_address: String,
    /// The proof that it is the person's own.
    pub verification: Option<Verification>,
}

impl EmailAddress {
    /// Whether it is proven to be the person's own.
    pub fn is_verified(&self) -> bool {
        let status = self
            .verification
            .as_ref()
            .map(|verification| verification.status);
        status == Some(VerificationStatus::Verified)
    }
}

/// One browser. Clerk calls it a client.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Client {
    pub id: String,
    /// Open sessions, oldest first.
    pub session_ids: Vec<String>,
    pub last_active_session_id: Option<String>,
    pub sign_in: Option<SignIn>,
    pub sign_up: Option<SignUp>,
    pub created_at: i64,
    pub updated_at: i64,
}

/// A person signed in on a client.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    pub id: String,
    pub client_id: String,
    pub user_id: String,
    pub status: SessionStatus,
    pub last_active_at: i64,
    pub expire_at: i64,
    pub abandon_at: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

impl Session {
    /// Whether tokens may be made for it at this time.
    pub fn is_active(&self, now: i64) -> bool {
        self.status == SessionStatus::Active && now < self.expire_at && now < self.abandon_at
    }
}

/// The life of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionStatus {
    Active,
    Ended,
    Removed,
    Revoked,
}

/// An account in the making.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignUp {
    pub id: String,
    pub email_address: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub password_hash: Option<String>,
    pub locale: Option<String>,
    pub email_verification: Option<Verification>,
    pub created_session_id: Option<String>,
    pub created_user_id: Option<String>,
    pub abandon_at: i64,
}

/// A sign-in in progress.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignIn {
    pub id: String,
    pub identifier: Option<String>,
    pub user_id: Option<String>,
    pub first_factor: Option<Verification>,
    pub created_session_id: Option<String>,
    pub abandon_at: i64,
}

/// A proof that is asked for: a code sent by e-mail, or a password.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Verification {
    pub strategy: String,
    pub status: VerificationStatus,
    /// The code that was sent; none for a password.
    pub code: Option<String>,
    pub attempts: u32,
    pub expire_at: i64,
}

/// How far a proof is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VerificationStatus {
    Unverified,
    Verified,
    Failed,
    Expired,
}
