//! Proving oneself by a passkey.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::credentials::verification::LIFETIME;
use crate::credentials::webauthn::{self, Expected};
use crate::error::ClerkError;
use crate::id;
use crate::model::{User, Verification};
use crate::scope::Scope;

/// Milliseconds that a browser may take.
pub const TIMEOUT: i64 = 60_000;

/// The page's origin, where passkeys are on.
pub fn enabled(scope: &Scope<'_>) -> Result<String, ClerkError> {
    if !scope.settings.passkeys {
        return Err(ClerkError::disabled("Passkeys"));
    }
    let origin = scope.call.origin.clone();
    origin
        .ok_or_else(|| ClerkError::bad("origin_missing", "Passkeys require the origin of a page."))
}

/// A challenge that nobody can guess.
pub fn new_challenge() -> String {
    URL_SAFE_NO_PAD.encode(id::hex())
}

/// The relying party's id of a page (`rp.id`).
pub fn party(origin: &str) -> String {
    webauthn::relying_party(origin).unwrap_or_default()
}

/// The challenge that was sent, while it may be answered.
pub fn challenge_of(verification: &Verification, now: i64) -> Result<String, ClerkError> {
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

/// The proof is not good; why, only the log says.
pub fn refused(why: &str) -> ClerkError {
    tracing::info!("a passkey was refused: {why}");
    ClerkError::at(
        "public_key_credential",
        "passkey_invalid_public_key_credential",
        "This passkey cannot be used here.",
    )
}

/// What the browser's authenticator answered.
pub fn credential(scope: &Scope<'_>) -> Result<Value, ClerkError> {
    let given = scope.call.json("public_key_credential");
    given.ok_or_else(|| ClerkError::missing("public_key_credential"))
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
        return Err(ClerkError::invalid_strategy());
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
