//! Browsers, sessions, and what is in progress on a browser.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What identifies one browser: the dev-browser token, or the `__client` cookie of production.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Browser {
    /// The token itself.
    pub id: String,
    /// None until the browser begins something.
    pub client_id: Option<String>,
    pub created_at: i64,
}

record!(Browser, "browser", "The browser",
    "client" => |it| it.client_id.clone(),
    "idle" => |it| it.client_id.is_none().then(String::new));

/// One browser's state. Clerk calls it a client.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Client {
    pub id: String,
    /// Open sessions, oldest first.
    pub session_ids: Vec<String>,
    pub last_active_session_id: Option<String>,
    pub last_authentication_strategy: Option<String>,
    pub sign_in: Option<SignIn>,
    pub sign_up: Option<SignUp>,
    pub created_at: i64,
    pub updated_at: i64,
}

record!(Client, "client", "The client",
    "sign_up" => |it| Some(it.sign_up.as_ref()?.id.clone()),
    "sign_in" => |it| Some(it.sign_in.as_ref()?.id.clone()),
    "idle" => |it| it.session_ids.is_empty().then(String::new));

/// A person signed in on a client.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    pub id: String,
    pub client_id: String,
    pub user_id: String,
    pub status: SessionStatus,
    /// The organization the session acts for.
    pub organization_id: Option<String>,
    /// Who really acts, when somebody acts for the person.
    pub actor: Option<Value>,
    pub activity: Activity,
    /// When the first factor was last proven.
    pub first_factor_at: i64,
    /// When the second factor was last proven.
    pub second_factor_at: Option<i64>,
    pub reverification: Option<Reverification>,
    /// With it a server has an expired token renewed; none before the first handshake.
    pub refresh_token: Option<String>,
    pub last_active_at: i64,
    pub expire_at: i64,
    pub abandon_at: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

record!(Session, "session", "The session",
    "user" => |it| Some(it.user_id.clone()),
    "client" => |it| Some(it.client_id.clone()),
    "open" => |it| (it.status == SessionStatus::Active).then(|| it.user_id.clone()));

impl Session {
    /// Whether tokens may be made for it at this time.
    pub fn is_active(&self, now: i64) -> bool {
        self.status_at(now) == SessionStatus::Active
    }

    /// The status, with what time has done to it.
    pub fn status_at(&self, now: i64) -> SessionStatus {
        match self.status {
            SessionStatus::Active if now >= self.abandon_at => SessionStatus::Abandoned,
            SessionStatus::Active if now >= self.expire_at => SessionStatus::Expired,
            status => status,
        }
    }
}

/// The life of a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionStatus {
    #[default]
    Active,
    Ended,
    Removed,
    Revoked,
    Replaced,
    Expired,
    Abandoned,
}

/// With what a session was last used.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Activity {
    pub browser_name: String,
    pub browser_version: String,
    pub device_type: String,
    pub is_mobile: bool,
    pub ip_address: String,
}

/// A session's person proves again who they are.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Reverification {
    /// `first_factor`, `second_factor` or `multi_factor`.
    pub level: String,
    pub first_factor: Option<Verification>,
    pub second_factor: Option<Verification>,
}

/// An account in the making.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SignUp {
    pub id: String,
    pub email_address: Option<String>,
    pub username: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub password_hash: Option<String>,
    pub locale: Option<String>,
    pub unsafe_metadata: Map<String, Value>,
    pub public_metadata: Map<String, Value>,
    pub email_verification: Option<Verification>,
    pub external_verification: Option<Verification>,
    pub external: Option<ExternalProfile>,
    /// The ticket it was begun with.
    pub ticket: Option<String>,
    pub external_id: Option<String>,
    pub legal_accepted_at: Option<i64>,
    pub created_session_id: Option<String>,
    pub created_user_id: Option<String>,
    pub abandon_at: i64,
}

/// A sign-in in progress.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SignIn {
    pub id: String,
    pub identifier: Option<String>,
    pub user_id: Option<String>,
    pub first_factor: Option<Verification>,
    pub second_factor: Option<Verification>,
    /// The person proved themselves by a reset code: a new password is due.
    pub needs_new_password: bool,
    /// What an OAuth provider said of somebody without an account here.
    pub external: Option<ExternalProfile>,
    /// Who acts for the person, by an actor token.
    pub actor: Option<Value>,
    /// The organization's invitation that proved the address, taken when the sign-in is complete.
    pub ticket: Option<String>,
    pub created_session_id: Option<String>,
    pub abandon_at: i64,
}

/// A person as an OAuth provider tells of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ExternalProfile {
    pub strategy: String,
    pub provider_user_id: String,
    pub email_address: String,
    pub first_name: String,
    pub last_name: String,
}

/// A proof that is asked for: a code or link sent by e-mail, a password, another's word.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Verification {
    pub strategy: String,
    pub status: VerificationStatus,
    /// The code that was sent; none for a password.
    pub code: Option<String>,
    /// Where a code or link was sent.
    pub email_address_id: Option<String>,
    /// The secret in the link, or the state that the provider brings back.
    pub token: Option<String>,
    /// Where the link or the provider leads back to.
    pub redirect_url: Option<String>,
    /// Where to go to get the proof.
    pub external_url: Option<String>,
    /// A `WebAuthn` challenge with its options, as JSON.
    pub nonce: Option<String>,
    pub error: Option<(String, String)>,
    pub attempts: u32,
    pub expire_at: i64,
}

impl Verification {
    /// Whether the proof has been given.
    pub fn is_verified(&self) -> bool {
        self.status == VerificationStatus::Verified
    }

    /// A proof given by other means than a guess.
    pub fn given(strategy: &str, now: i64) -> Self {
        Self {
            strategy: strategy.to_owned(),
            status: VerificationStatus::Verified,
            attempts: 1,
            expire_at: now,
            ..Self::default()
        }
    }
}

/// How far a proof is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VerificationStatus {
    #[default]
    Unverified,
    Verified,
    Failed,
    Expired,
    /// Somebody else's, or nobody's yet: sign-in becomes sign-up or the reverse.
    Transferable,
}
