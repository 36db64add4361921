//! Passkeys: registering them, and proving oneself by one.

use serde_json::{Value, json};

use crate::credentials::verification::LIFETIME;
use crate::credentials::webauthn::{self, Expected};
use crate::error::ClerkError;
use crate::id;
use crate::model::{Passkey, User, Verification};
use crate::scope::{Answer, Scope};
use crate::view;

use super::sessions::{invalid_strategy, require_fresh};

/// Milliseconds that a browser may take.
const TIMEOUT: i64 = 60_000;

fn enabled(scope: &Scope<'_>) -> Result<String, ClerkError> {
    if !scope.settings.passkeys {
        return Err(ClerkError::disabled("Passkeys"));
    }
    let origin = scope.call.origin.clone();
    origin.ok_or_else(|| ClerkError::bad("origin_missing", "Passkeys need a page's origin."))
}

fn new_challenge() -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(id::hex())
}

fn party(origin: &str) -> String {
    webauthn::relying_party(origin).unwrap_or_default()
}

/// `POST /v1/me/passkeys`: the options to make one with.
pub fn create(scope: &mut Scope<'_>) -> Answer {
    let (session, mut user) = scope.person()?;
    let origin = enabled(scope)?;
    require_fresh(scope, &session)?;
    let registered = user.passkeys.iter().filter(|it| it.is_verified());
    let exclude: Vec<Value> = registered
        .map(|it| json!({ "type": "public-key", "id": it.credential_id, "transports": [] }))
        .collect();
    let options = json!({
        "rp": { "id": party(&origin), "name": scope.settings.application_name },
        "user": {
            "id": user.id,
            "name": user.identifier(),
            "displayName": user.full_name().unwrap_or_else(|| user.identifier().to_owned()),
        },
        "challenge": new_challenge(),
        "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }],
        "timeout": TIMEOUT,
        "excludeCredentials": exclude,
        "authenticatorSelection": {
            "residentKey": "preferred",
            "requireResidentKey": false,
            "userVerification": "preferred",
        },
        "attestation": "none",
    });
    let passkey = Passkey {
        id: id::new("passkey"),
        name: format!(
            "{} on {}",
            scope.call.activity().browser_name,
            scope.call.activity().device_type
        ),
        verification: Some(Verification {
            strategy: "passkey".to_owned(),
            nonce: Some(options.to_string()),
            expire_at: scope.now + LIFETIME,
            ..Verification::default()
        }),
        created_at: scope.now,
        updated_at: scope.now,
        ..Passkey::default()
    };
    let shown = view::passkey(&passkey);
    user.passkeys.retain(Passkey::is_verified);
    user.passkeys.push(passkey);
    scope.tx.put(&user)?;
    Ok(shown.into())
}

fn challenge_of(verification: &Verification, now: i64) -> Result<String, ClerkError> {
    if now >= verification.expire_at {
        return Err(ClerkError::bad(
            "verification_expired",
            "This took too long. Try again.",
        ));
    }
    let options: Value = verification
        .nonce
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    Ok(options["challenge"].as_str().unwrap_or_default().to_owned())
}

fn refused(why: &str) -> ClerkError {
    tracing::info!("a passkey was refused: {why}");
    ClerkError::at(
        "public_key_credential",
        "passkey_invalid_public_key_credential",
        "This passkey cannot be used here.",
    )
}

fn credential(scope: &Scope<'_>) -> Result<Value, ClerkError> {
    let given = scope.call.json("public_key_credential");
    given.ok_or_else(|| ClerkError::missing("public_key_credential"))
}

/// `POST /v1/me/passkeys/{id}/attempt_verification`: the browser has made it.
pub fn attempt(scope: &mut Scope<'_>) -> Answer {
    let (_, mut user) = scope.person()?;
    let origin = enabled(scope)?;
    let credential = credential(scope)?;
    let id = scope.call.path("id").to_owned();
    let now = scope.now;
    let passkey = find(&mut user, &id)?;
    let verification = passkey.verification.clone().unwrap_or_default();
    let expected = Expected {
        challenge: &challenge_of(&verification, now)?,
        origin: &origin,
    };
    let registered = webauthn::register(&credential, &expected).map_err(refused)?;
    passkey.credential_id = registered.credential_id;
    passkey.public_key = registered.public_key;
    passkey.sign_count = registered.sign_count;
    passkey.verification = Some(Verification::given("passkey", now));
    passkey.updated_at = now;
    let shown = view::passkey(passkey);
    scope.save_user(&mut user)?;
    Ok(shown.into())
}

fn find<'a>(user: &'a mut User, id: &str) -> Result<&'a mut Passkey, ClerkError> {
    let found = user.passkeys.iter_mut().find(|it| it.id == id);
    found.ok_or_else(|| ClerkError::not_found("The passkey"))
}

/// `GET /v1/me/passkeys/{id}`
pub fn show(scope: &mut Scope<'_>) -> Answer {
    let (_, mut user) = scope.person()?;
    let id = scope.call.path("id").to_owned();
    Ok(view::passkey(find(&mut user, &id)?).into())
}

/// `PATCH /v1/me/passkeys/{id}`: another name.
pub fn rename(scope: &mut Scope<'_>) -> Answer {
    let (_, mut user) = scope.person()?;
    let id = scope.call.path("id").to_owned();
    let name = scope.call.required("name")?.trim().to_owned();
    let passkey = find(&mut user, &id)?;
    passkey.name = name;
    let shown = view::passkey(passkey);
    scope.save_user(&mut user)?;
    Ok(shown.into())
}

/// `DELETE /v1/me/passkeys/{id}`
pub fn remove(scope: &mut Scope<'_>) -> Answer {
    let (session, mut user) = scope.person()?;
    require_fresh(scope, &session)?;
    let id = scope.call.path("id").to_owned();
    find(&mut user, &id)?;
    user.passkeys.retain(|it| it.id != id);
    scope.save_user(&mut user)?;
    Ok(view::deleted("passkey", &id).into())
}

/// The options to prove oneself with: by one of the person's passkeys, or by any.
pub fn challenge(scope: &Scope<'_>, user: Option<&User>) -> Result<Verification, ClerkError> {
    let origin = enabled(scope)?;
    let known = user
        .map(|user| user.passkeys.as_slice())
        .unwrap_or_default();
    let allow: Vec<Value> = known
        .iter()
        .filter(|it| it.is_verified())
        .map(|it| json!({ "type": "public-key", "id": it.credential_id, "transports": [] }))
        .collect();
    let options = json!({
        "challenge": new_challenge(),
        "rpId": party(&origin),
        "timeout": TIMEOUT,
        "allowCredentials": allow,
        "userVerification": "preferred",
    });
    Ok(Verification {
        strategy: "passkey".to_owned(),
        nonce: Some(options.to_string()),
        expire_at: scope.now + LIFETIME,
        ..Verification::default()
    })
}

/// The person whose passkey the browser chose.
pub fn owner(scope: &Scope<'_>) -> Result<String, ClerkError> {
    let credential = credential(scope)?;
    let id = credential["id"].as_str().unwrap_or_default();
    let owner = scope.tx.find::<User>("passkey", id)?;
    owner.map(|user| user.id).ok_or_else(|| {
        ClerkError::at(
            "public_key_credential",
            "passkey_not_registered",
            "This passkey is not registered.",
        )
    })
}

/// Checks a passkey's proof.
pub fn assert(
    scope: &Scope<'_>,
    user: &mut User,
    sent: &mut Verification,
) -> Result<(), ClerkError> {
    let origin = enabled(scope)?;
    if sent.strategy != "passkey" {
        return Err(invalid_strategy());
    }
    let credential = credential(scope)?;
    let expected = Expected {
        challenge: &challenge_of(sent, scope.now)?,
        origin: &origin,
    };
    let id = credential["id"].as_str().unwrap_or_default();
    let mut own = user.passkeys.iter_mut().filter(|it| it.is_verified());
    let passkey = own
        .find(|it| it.credential_id == id)
        .ok_or_else(|| refused("not theirs"))?;
    let count = webauthn::assert(&credential, &passkey.public_key, &expected).map_err(refused)?;
    if count != 0 && count <= passkey.sign_count {
        return Err(refused("the counter went back"));
    }
    passkey.sign_count = count;
    passkey.last_used_at = Some(scope.now);
    *sent = Verification::given("passkey", scope.now);
    Ok(())
}
