//! Passkeys: registering them, and proving oneself by one.

use serde_json::{Value, json};

use crate::credentials::verification::LIFETIME;
use crate::credentials::webauthn::{self, Expected};
use crate::error::ClerkError;
use crate::model::{Passkey, User, Verification};
use crate::rules::accounts;
use crate::rules::passkeys::{
    TIMEOUT, challenge_of, credential, enabled, new_challenge, party, refused,
};
use crate::rules::reverification::require_fresh;
use crate::scope::{Answer, Scope};
use crate::{id, view};

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
    accounts::save(scope, &mut user)?;
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
    accounts::save(scope, &mut user)?;
    Ok(shown.into())
}

/// `DELETE /v1/me/passkeys/{id}`
pub fn remove(scope: &mut Scope<'_>) -> Answer {
    let (session, mut user) = scope.person()?;
    require_fresh(scope, &session)?;
    let id = scope.call.path("id").to_owned();
    find(&mut user, &id)?;
    user.passkeys.retain(|it| it.id != id);
    accounts::save(scope, &mut user)?;
    Ok(view::deleted("passkey", &id).into())
}
