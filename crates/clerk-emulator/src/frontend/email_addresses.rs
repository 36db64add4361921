//! `/v1/me/email_addresses`: a person's addresses.

use serde_json::Value;

use crate::credentials::verification::{attempt as attempt_code, email_code, email_link};
use crate::delivery::mail;
use crate::error::ClerkError;
use crate::model::{EmailAddress, User};
use crate::rules::reverification::require_fresh;
use crate::rules::{accounts, people, tickets};
use crate::scope::{Answer, Reply, Scope};
use crate::{id, view};

/// `GET …`
pub fn list(scope: &mut Scope<'_>) -> Answer {
    let (_, user) = scope.person()?;
    let all: Vec<Value> = user
        .email_addresses
        .iter()
        .map(view::email_address)
        .collect();
    Ok(Reply::Plain(all.into()))
}

/// `GET …/{id}`
pub fn show(scope: &mut Scope<'_>) -> Answer {
    let (_, mut user) = scope.person()?;
    let address = find(&mut user, scope.call.path("id"))?;
    Ok(view::email_address(address).into())
}

/// `POST …`: adds one, which is still to be verified.
pub fn create(scope: &mut Scope<'_>) -> Answer {
    let (session, mut user) = scope.person()?;
    require_fresh(scope, &session)?;
    let email = accounts::checked_email(scope.call.required("email_address")?)?;
    accounts::must_be_free(scope, "email_address", &email)?;
    let folded = email.to_lowercase();
    user.email_addresses
        .retain(|it| it.is_verified() || it.email_address.to_lowercase() != folded);
    let address = EmailAddress {
        id: id::new("idn"),
        email_address: email,
        created_at: scope.now,
        updated_at: scope.now,
        ..EmailAddress::default()
    };
    let shown = view::email_address(&address);
    user.email_addresses.push(address);
    accounts::save(scope, &mut user)?;
    Ok(shown.into())
}

/// `POST …/{id}/prepare_verification`: sends a code or a link.
pub fn prepare(scope: &mut Scope<'_>) -> Answer {
    let (session, mut user) = scope.person()?;
    let strategy = scope.call.required("strategy")?.to_owned();
    let (test_mode, now) = (scope.settings.test_mode, scope.now);
    let application = scope.settings.application_name.clone();
    let user_id = user.id.clone();
    let address = unproven(&mut user, scope.call.path("id"))?;
    let email = address.email_address.clone();
    let message = match strategy.as_str() {
        "email_code" if scope.settings.email_code => {
            let sent = email_code(&strategy, &email, test_mode, now);
            let code = sent.code.clone().unwrap_or_default();
            address.verification = Some(sent);
            mail::code(&application, &email, &code)
        }
        "email_link" if scope.settings.email_link => {
            let link = email_link(scope.call.required("redirect_url")?, now);
            let of = format!("email {user_id} {} {}", address.id, session.client_id);
            let url = tickets::email_link(scope, &link, &of)?;
            address.verification = Some(link);
            mail::link(&application, &email, &url)
        }
        _ => return Err(ClerkError::invalid_strategy()),
    };
    let shown = view::email_address(address);
    mail::send(scope, message)?;
    scope.tx.put(&user)?;
    Ok(shown.into())
}

/// `POST …/{id}/attempt_verification`: checks a code.
pub fn attempt(scope: &mut Scope<'_>) -> Answer {
    let (_, mut user) = scope.person()?;
    let guess = scope.call.param("code").unwrap_or_default();
    let address = unproven(&mut user, scope.call.path("id"))?;
    accounts::must_be_free(scope, "email_address", &address.email_address)?;
    let sent = address
        .verification
        .as_mut()
        .filter(|it| it.code.is_some())
        .ok_or_else(|| {
            ClerkError::at(
                "code",
                "verification_missing",
                "Request a verification code first.",
            )
        })?;
    let result = attempt_code(sent, guess, scope.now);
    let shown = view::email_address(address);
    if let Err(error) = result {
        scope.tx.put(&user)?;
        return Err(error);
    }
    people::email_proven(scope, &mut user, scope.call.path("id"))?;
    Ok(shown.into())
}

/// `DELETE …/{id}`: any but the primary one.
pub fn remove(scope: &mut Scope<'_>) -> Answer {
    let (session, mut user) = scope.person()?;
    require_fresh(scope, &session)?;
    let id = scope.call.path("id").to_owned();
    people::remove_email(&mut user, &id)?;
    accounts::save(scope, &mut user)?;
    Ok(view::deleted("email_address", &id).into())
}

/// An address that is still to be proven: another proof must not take the first one away.
fn unproven<'a>(user: &'a mut User, id: &str) -> Result<&'a mut EmailAddress, ClerkError> {
    let address = find(user, id)?;
    if address.is_verified() {
        return Err(ClerkError::already_verified());
    }
    Ok(address)
}

fn find<'a>(user: &'a mut User, id: &str) -> Result<&'a mut EmailAddress, ClerkError> {
    user.email_mut(id)
        .ok_or_else(|| ClerkError::not_found("The address"))
}
