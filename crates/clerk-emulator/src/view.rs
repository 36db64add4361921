//! Records as Clerk's JSON (<https://clerk.com/docs/reference/frontend-api>).

use serde_json::{Value, json};

use crate::Emulator;
use crate::error::ClerkError;
use crate::model::{
    Client, EmailAddress, Session, SignIn, SignUp, User, Verification, VerificationStatus,
};
use crate::store::Transaction;
use crate::tokens::{Context, session_claims};

/// Renders records at one moment for one page.
pub struct View<'a> {
    pub transaction: &'a Transaction,
    pub emulator: &'a Emulator,
    /// Origin of the page that asked.
    pub origin: Option<&'a str>,
    /// Milliseconds since the Unix epoch.
    pub now: i64,
}

impl View<'_> {
    /// What tokens made now are made for.
    pub fn token_context(&self) -> Context<'_> {
        Context {
            issuer: &self.emulator.issuer,
            origin: self.origin,
            lifetime: self.emulator.token_lifetime,
            now: self.now / 1000,
        }
    }

    /// A fresh session token.
    pub fn session_token(&self, session: &Session) -> Result<Value, ClerkError> {
        let claims = session_claims(&self.token_context(), session);
        Ok(json!({ "object": "token", "jwt": self.emulator.keys.sign(&claims)? }))
    }

    /// The browser with its open sessions.
    pub fn client(&self, client: &Client) -> Result<Value, ClerkError> {
        let mut sessions = Vec::new();
        for id in &client.session_ids {
            if let Some(session) = self.transaction.session(id)?
                && session.is_active(self.now)
            {
                sessions.push(self.session(&session)?);
            }
        }
        let last_active = client
            .last_active_session_id
            .as_ref()
            .filter(|_| !sessions.is_empty());
        Ok(json!({
            "object": "client",
            "id": client.id,
            "sessions": sessions,
            "sign_in": self.sign_in(client.sign_in.as_ref())?,
            "sign_up": client.sign_up.as_ref().map(sign_up),
            "last_active_session_id": last_active,
            "last_authentication_strategy": null,
            "cookie_expires_at": null,
            "captcha_bypass": false,
            "created_at": client.created_at,
            "updated_at": client.updated_at,
        }))
    }

    /// A session with its person and a fresh token.
    pub fn session(&self, session: &Session) -> Result<Value, ClerkError> {
        let user = self
            .transaction
            .user(&session.user_id)?
            .ok_or_else(|| ClerkError::not_found("The user"))?;
        let token = if session.is_active(self.now) {
            self.session_token(session)?
        } else {
            Value::Null
        };
        Ok(json!({
            "object": "session",
            "id": session.id,
            "status": session.status,
            "expire_at": session.expire_at,
            "abandon_at": session.abandon_at,
            "last_active_at": session.last_active_at,
            "last_active_organization_id": null,
            "last_active_token": token,
            "factor_verification_age": [(self.now - session.created_at) / 60_000, -1],
            "actor": null,
            "tasks": null,
            "public_user_data": {
                "user_id": user.id,
                "first_name": user.first_name,
                "last_name": user.last_name,
                "image_url": "",
                "has_image": false,
                "identifier": user.primary_email().map(|address| &address.email_address),
            },
            "user": self::user(&user),
            "created_at": session.created_at,
            "updated_at": session.updated_at,
        }))
    }

    /// A session as the list of a person's devices shows it. The emulator does not know where
    /// browsers are.
    pub fn session_with_activity(&self, session: &Session) -> Result<Value, ClerkError> {
        let mut shown = self.session(session)?;
        shown["user"] = Value::Null;
        shown["last_active_token"] = Value::Null;
        shown["latest_activity"] = json!({
            "object": "session_activity",
            "id": format!("sess_activity_{}", session.id),
            "browser_name": null,
            "browser_version": null,
            "device_type": null,
            "ip_address": null,
            "city": null,
            "country": null,
            "is_mobile": false,
        });
        Ok(shown)
    }

    /// A sign-in with the proofs it would take.
    pub fn sign_in(&self, sign_in: Option<&SignIn>) -> Result<Value, ClerkError> {
        let Some(sign_in) = sign_in else {
            return Ok(Value::Null);
        };
        let person = match &sign_in.user_id {
            Some(id) => self.transaction.user(id)?,
            None => None,
        };
        let status = if sign_in.created_session_id.is_some() {
            "complete"
        } else if person.is_some() {
            "needs_first_factor"
        } else {
            "needs_identifier"
        };
        Ok(json!({
            "object": "sign_in_attempt",
            "id": sign_in.id,
            "status": status,
            "identifier": sign_in.identifier,
            "supported_identifiers": ["email_address"],
            "supported_first_factors": person.as_ref().map(first_factors),
            "supported_second_factors": null,
            "first_factor_verification": sign_in.first_factor.as_ref().map(verification),
            "second_factor_verification": null,
            "user_data": person.as_ref().map(|user| json!({
                "first_name": user.first_name,
                "last_name": user.last_name,
                "image_url": "",
                "has_image": false,
            })),
            "created_session_id": sign_in.created_session_id,
            "abandon_at": sign_in.abandon_at,
        }))
    }
}

fn first_factors(user: &User) -> Value {
    let mut factors = Vec::new();
    if user.password_hash.is_some() {
        factors.push(json!({ "strategy": "password" }));
    }
    for address in user
        .email_addresses
        .iter()
        .filter(|address| address.is_verified())
    {
        factors.push(json!({
            "strategy": "email_code",
            "email_address_id": address.id,
            "safe_identifier": address.email_address,
            "primary": user.primary_email_address_id.as_ref() == Some(&address.id),
        }));
    }
    factors.into()
}

/// A sign-up with what it still lacks.
pub fn sign_up(sign_up: &SignUp) -> Value {
    let missing = missing_fields(sign_up);
    let verified = is_verified(sign_up.email_verification.as_ref());
    let unverified: &[&str] = if sign_up.email_address.is_some() && !verified {
        &["email_address"]
    } else {
        &[]
    };
    let status = if sign_up.created_session_id.is_some() {
        "complete"
    } else {
        "missing_requirements"
    };
    // Until a code was sent, neither status nor strategy may be named: the prebuilt UI would take
    // the code for sent and not ask for one.
    let mut email = sign_up
        .email_verification
        .as_ref()
        .map_or_else(|| json!({ "status": null, "strategy": null }), verification);
    if sign_up.email_address.is_some() {
        let prepared = sign_up.email_verification.is_some();
        email["next_action"] = match (verified, prepared) {
            (true, _) => "".into(),
            (false, true) => "needs_attempt".into(),
            (false, false) => "needs_prepare".into(),
        };
        email["supported_strategies"] = json!(["email_code"]);
    }
    json!({
        "object": "sign_up_attempt",
        "id": sign_up.id,
        "status": status,
        "required_fields": REQUIRED_FIELDS,
        "optional_fields": [],
        "missing_fields": missing,
        "unverified_fields": unverified,
        "verifications": {
            "email_address": email,
            "phone_number": null,
            "web3_wallet": null,
            "external_account": null,
        },
        "username": null,
        "email_address": sign_up.email_address,
        "phone_number": null,
        "web3_wallet": null,
        "has_password": sign_up.password_hash.is_some(),
        "first_name": sign_up.first_name,
        "last_name": sign_up.last_name,
        "unsafe_metadata": {},
        "public_metadata": {},
        "external_account": null,
        "external_account_strategy": null,
        "custom_action": false,
        "external_id": null,
        "created_session_id": sign_up.created_session_id,
        "created_user_id": sign_up.created_user_id,
        "legal_accepted_at": null,
        "locale": sign_up.locale,
        "abandon_at": sign_up.abandon_at,
    })
}

/// What an account needs here.
const REQUIRED_FIELDS: [&str; 4] = ["email_address", "password", "first_name", "last_name"];

/// The required fields that a sign-up has not been given yet.
pub fn missing_fields(sign_up: &SignUp) -> Vec<&'static str> {
    let present = [
        sign_up.email_address.is_some(),
        sign_up.password_hash.is_some(),
        sign_up.first_name.is_some(),
        sign_up.last_name.is_some(),
    ];
    REQUIRED_FIELDS
        .into_iter()
        .zip(present)
        .filter_map(|(field, present)| (!present).then_some(field))
        .collect()
}

/// Whether the proof has been given.
pub fn is_verified(verification: Option<&Verification>) -> bool {
    verification.is_some_and(|it| it.status == VerificationStatus::Verified)
}

/// A person as they see themselves.
pub fn user(user: &User) -> Value {
    json!({
        "object": "user",
        "id": user.id,
        "external_id": null,
        "username": null,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "image_url": "",
        "has_image": false,
        "profile_image_id": null,
        "primary_email_address_id": user.primary_email_address_id,
        "primary_phone_number_id": null,
        "primary_web3_wallet_id": null,
        "password_enabled": user.password_hash.is_some(),
        "two_factor_enabled": false,
        "totp_enabled": false,
        "backup_code_enabled": false,
        "email_addresses": user.email_addresses.iter().map(email_address).collect::<Vec<_>>(),
        "phone_numbers": [],
        "web3_wallets": [],
        "external_accounts": [],
        "enterprise_accounts": [],
        "saml_accounts": [],
        "passkeys": [],
        "organization_memberships": [],
        "public_metadata": {},
        "unsafe_metadata": {},
        "last_sign_in_at": user.last_sign_in_at,
        "create_organization_enabled": false,
        "create_organizations_limit": null,
        "delete_self_enabled": true,
        "legal_accepted_at": null,
        "banned": false,
        "locked": false,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
    })
}

/// One of a person's addresses.
pub fn email_address(address: &EmailAddress) -> Value {
    json!({
        "object": "email_address",
        "id": address.id,
        "email_address": address.email_address,
        "reserved": false,
        "verification": address.verification.as_ref().map(verification),
        "linked_to": [],
        "matches_sso_connection": false,
    })
}

fn verification(it: &Verification) -> Value {
    json!({
        "object": format!("verification_{}", it.strategy),
        "status": it.status,
        "strategy": it.strategy,
        "attempts": it.attempts,
        "expire_at": it.expire_at,
        "error": null,
    })
}
