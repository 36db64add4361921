//! `/v1/email_addresses`

use serde_json::{Value, json};

use crate::credentials::verification::{attempt as attempt_code, email_code};
use crate::delivery::mail;
use crate::error::ClerkError;
use crate::model::{EmailAddress, User, Verification};
use crate::rules::{accounts, enrollment, people};
use crate::scope::{Answer, Reply, Scope};
use crate::{id, view};

fn find(scope: &Scope<'_>) -> Result<(User, String), ClerkError> {
    let id = scope.call.path("id").to_owned();
    let user = scope.tx.find::<User>("identification", &id)?;
    let user = user.ok_or_else(|| ClerkError::not_found("The email address"))?;
    Ok((user, id))
}

/// The address, which must still be to be proven.
fn unproven<'a>(user: &'a mut User, id: &str) -> Result<&'a mut EmailAddress, ClerkError> {
    let address = user.email_mut(id);
    let address = address.ok_or_else(|| ClerkError::not_found("The email address"))?;
    if address.is_verified() {
        return Err(ClerkError::already_verified());
    }
    Ok(address)
}

fn shown(user: &User, id: &str) -> Answer {
    let address = user.email(id).map(view::email_address);
    Ok(Reply::Plain(address.unwrap_or(Value::Null)))
}

/// `POST …`
pub fn create(scope: &mut Scope<'_>) -> Answer {
    let mut user: User = scope.tx.need(scope.call.required("user_id")?)?;
    let id = add(scope, &mut user, scope.call.flag("verified") == Some(true))?;
    if scope.call.flag("primary") == Some(true) {
        people::make_primary(&mut user, &id)?;
    }
    accounts::save(scope, &mut user)?;
    enrollment::offer(scope, &user)?;
    shown(&user, &id)
}

fn add(scope: &Scope<'_>, user: &mut User, verified: bool) -> Result<String, ClerkError> {
    let email = accounts::checked_email(scope.call.required("email_address")?)?;
    accounts::must_be_free(scope, "email_address", &email)?;
    let folded = email.to_lowercase();
    user.email_addresses
        .retain(|it| it.email_address.to_lowercase() != folded);
    let address = EmailAddress {
        id: id::new("idn"),
        email_address: email,
        verification: verified.then(|| Verification::given("admin", scope.now)),
        created_at: scope.now,
        updated_at: scope.now,
        ..EmailAddress::default()
    };
    let id = address.id.clone();
    user.email_addresses.push(address);
    Ok(id)
}

/// `GET …/{id}`
pub fn show(scope: &mut Scope<'_>) -> Answer {
    let (user, id) = find(scope)?;
    shown(&user, &id)
}

/// `PATCH …/{id}`
pub fn update(scope: &mut Scope<'_>) -> Answer {
    let (mut user, id) = find(scope)?;
    let now = scope.now;
    if let (Some(verified), Some(address)) = (scope.call.flag("verified"), user.email_mut(&id)) {
        if verified && !address.is_verified() {
            accounts::must_be_free(scope, "email_address", &address.email_address)?;
        }
        address.verification = verified.then(|| Verification::given("admin", now));
        address.updated_at = now;
    }
    if scope.call.flag("primary") == Some(true) {
        people::make_primary(&mut user, &id)?;
    }
    accounts::save(scope, &mut user)?;
    shown(&user, &id)
}

/// `DELETE …/{id}`
pub fn remove(scope: &mut Scope<'_>) -> Answer {
    let (mut user, id) = find(scope)?;
    people::remove_email(&mut user, &id)?;
    accounts::save(scope, &mut user)?;
    Ok(Reply::Plain(view::deleted("email_address", &id)))
}

/// `PUT /v1/users/{id}/email_address`: this one in place of the primary one.
pub fn replace(scope: &mut Scope<'_>) -> Answer {
    let mut user: User = scope.tx.need(scope.call.path("id"))?;
    let verified = scope
        .call
        .param("identification_status")
        .is_none_or(|it| it == "verified");
    let old = user.primary_email_address_id.take();
    let id = add(scope, &mut user, verified)?;
    user.email_addresses
        .retain(|it| Some(&it.id) != old.as_ref());
    user.primary_email_address_id = Some(id.clone());
    accounts::save(scope, &mut user)?;
    shown(&user, &id)
}

fn proof(it: &Verification, id: &str) -> Value {
    json!({
        "object": "verification",
        "id": format!("ver_{id}"),
        "status": it.status,
        "strategy": it.strategy,
        "attempts": it.attempts,
        "expire_at": it.expire_at,
    })
}

/// `POST …/{id}/prepare_verification`: sends a code.
pub fn prepare(scope: &mut Scope<'_>) -> Answer {
    let (mut user, id) = find(scope)?;
    let application = scope.settings.application_name.clone();
    let (test_mode, now) = (scope.settings.test_mode, scope.now);
    let address = unproven(&mut user, &id)?;
    let sent = email_code("email_code", &address.email_address, test_mode, now);
    let code = sent.code.clone().unwrap_or_default();
    let message = mail::code(&application, &address.email_address, &code);
    let shown = proof(&sent, &id);
    address.verification = Some(sent);
    mail::send(scope, message)?;
    scope.tx.put(&user)?;
    Ok(Reply::Plain(shown))
}

/// `POST …/{id}/attempt_verification`
pub fn attempt(scope: &mut Scope<'_>) -> Answer {
    let (mut user, id) = find(scope)?;
    let code = scope.call.required("code")?;
    let now = scope.now;
    let address = unproven(&mut user, &id)?;
    let sent = address.verification.as_mut();
    let sent = sent.ok_or_else(|| {
        ClerkError::bad("verification_missing", "Request a verification code first.")
    })?;
    let result = attempt_code(sent, code, now);
    let shown = proof(sent, &id);
    if let Err(error) = result {
        scope.tx.put(&user)?;
        return Err(error);
    }
    people::email_proven(scope, &mut user, &id)?;
    Ok(Reply::Plain(shown))
}
