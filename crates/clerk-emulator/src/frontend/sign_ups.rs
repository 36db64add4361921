//! `/v1/client/sign_ups`: an account in the making.

use crate::credentials::verification::{attempt as attempt_code, email_code, email_link};
use crate::delivery::mail;
use crate::error::ClerkError;
use crate::model::{Invitation, SignUp, Verification};
use crate::rules::{
    accounts, admission, external_accounts, invitations, metadata, sign_ups, tickets,
};
use crate::scope::{Answer, Scope};
use crate::{id, view};

/// How long a sign-up may take, in milliseconds: a day.
const ABANDON_AFTER: i64 = 24 * 60 * 60 * 1000;

/// `POST …`: begins a sign-up.
pub fn create(scope: &mut Scope<'_>) -> Answer {
    scope.require_browser()?;
    let mut sign_up = SignUp {
        id: id::new("sua"),
        abandon_at: scope.now + ABANDON_AFTER,
        ..SignUp::default()
    };
    if let Some(secret) = scope.call.param("ticket") {
        let secret = secret.to_owned();
        take_ticket(scope, &mut sign_up, &secret)?;
    }
    admission::admit(scope, &sign_up, None)?;
    if scope.call.flag("transfer") == Some(true) {
        let external = scope
            .client
            .as_ref()
            .and_then(|client| client.sign_in.as_ref()?.external.clone());
        let external = external.ok_or_else(|| {
            ClerkError::bad(
                "account_transfer_invalid",
                "There is no sign-in to transfer.",
            )
        })?;
        external_accounts::fill(scope, &mut sign_up, external)?;
    }
    fill(scope, &mut sign_up)?;
    prepare_by_strategy(scope, &mut sign_up)?;
    finish(scope, sign_up)
}

/// An invited address needs no further proof.
fn take_ticket(
    scope: &mut Scope<'_>,
    sign_up: &mut SignUp,
    secret: &str,
) -> Result<(), ClerkError> {
    let ticket = tickets::find(scope, secret)?;
    let email = invitations::open_email(scope, &ticket)?;
    if ticket.kind == "invitation" {
        sign_up.public_metadata = scope.tx.need::<Invitation>(&ticket.of)?.public_metadata;
    }
    accounts::must_be_free(scope, "email_address", &email)?;
    sign_up.email_address = Some(email);
    sign_up.email_verification = Some(Verification::given("ticket", scope.now));
    sign_up.ticket = Some(ticket.id);
    Ok(())
}

/// `GET …/{id}`
pub fn show(scope: &mut Scope<'_>) -> Answer {
    let sign_up = find(scope)?;
    Ok(view::sign_up(scope, &sign_up).into())
}

/// `PATCH …/{id}`: gives what is missing, or corrects it.
pub fn update(scope: &mut Scope<'_>) -> Answer {
    let mut sign_up = find(scope)?;
    // Whoever goes on with the form has turned back from the provider.
    let proof = sign_up.external_verification.as_ref();
    if !proof.is_some_and(Verification::is_verified) {
        sign_up.external_verification = None;
        sign_up.external = None;
    }
    fill(scope, &mut sign_up)?;
    prepare_by_strategy(scope, &mut sign_up)?;
    finish(scope, sign_up)
}

/// A strategy given with the fields prepares the proof at once.
fn prepare_by_strategy(scope: &mut Scope<'_>, sign_up: &mut SignUp) -> Result<(), ClerkError> {
    let strategy = scope.call.param("strategy").unwrap_or_default().to_owned();
    if strategy.starts_with("oauth_") {
        sign_up.external_verification =
            Some(external_accounts::begin(scope, &strategy, "sign_up")?);
    }
    Ok(())
}

/// `POST …/{id}/prepare_verification`: sends a code or a link.
pub fn prepare(scope: &mut Scope<'_>) -> Answer {
    let mut sign_up = find(scope)?;
    let strategy = scope.call.required("strategy")?.to_owned();
    if strategy.starts_with("oauth_") {
        sign_up.external_verification =
            Some(external_accounts::begin(scope, &strategy, "sign_up")?);
        return finish(scope, sign_up);
    }
    let email = sign_up
        .email_address
        .clone()
        .ok_or_else(|| ClerkError::missing("email_address"))?;
    let proof = sign_up.email_verification.as_ref();
    if proof.is_some_and(Verification::is_verified) {
        return Err(ClerkError::already_verified());
    }
    let application = scope.settings.application_name.clone();
    let verification = match strategy.as_str() {
        "email_code" if scope.settings.email_code => {
            let sent = email_code(&strategy, &email, scope.settings.test_mode, scope.now);
            let code = sent.code.clone().unwrap_or_default();
            mail::send(scope, mail::code(&application, &email, &code))?;
            sent
        }
        "email_link" if scope.settings.email_link => {
            let link = email_link(scope.call.required("redirect_url")?, scope.now);
            let url = tickets::email_link(scope, &link, &format!("sign_up {}", sign_up.id))?;
            mail::send(scope, mail::link(&application, &email, &url))?;
            link
        }
        _ => return Err(ClerkError::invalid_strategy()),
    };
    sign_up.email_verification = Some(verification);
    finish(scope, sign_up)
}

/// `POST …/{id}/attempt_verification`: checks a code; the right one completes the sign-up.
pub fn attempt(scope: &mut Scope<'_>) -> Answer {
    let mut sign_up = find(scope)?;
    let sent = sign_up
        .email_verification
        .as_mut()
        .filter(|sent| Some(sent.strategy.as_str()) == scope.call.param("strategy"));
    let sent = sent.ok_or_else(|| {
        ClerkError::at(
            "code",
            "verification_missing",
            "Request a verification code first.",
        )
    })?;
    let result = attempt_code(
        sent,
        scope.call.param("code").unwrap_or_default(),
        scope.now,
    );
    if result.is_err() {
        scope.client_mut()?.sign_up = Some(sign_up.clone());
        scope.keep_client()?;
    }
    result?;
    finish(scope, sign_up)
}

fn find(scope: &Scope<'_>) -> Result<SignUp, ClerkError> {
    let id = scope.call.path("id");
    scope
        .client
        .as_ref()
        .and_then(|client| client.sign_up.clone())
        .filter(|sign_up| sign_up.id == id && scope.now < sign_up.abandon_at)
        .ok_or_else(|| ClerkError::not_found("The sign-up"))
}

fn fill(scope: &Scope<'_>, sign_up: &mut SignUp) -> Result<(), ClerkError> {
    let call = scope.call;
    let settings = &scope.settings;
    for (name, field) in [
        ("email_address", settings.email_address),
        ("username", settings.username),
        ("password", settings.password),
        ("first_name", settings.first_name),
        ("last_name", settings.last_name),
    ] {
        if !field.is_on() && call.param(name).is_some() {
            return Err(ClerkError::unknown(name));
        }
    }
    if let Some(email) = call.param("email_address") {
        let email = accounts::checked_email(email)?;
        if sign_up.email_address.as_deref() != Some(&email) {
            admission::admit(scope, sign_up, Some(&email))?;
            accounts::must_be_free(scope, "email_address", &email)?;
            sign_up.email_verification = None;
            sign_up.email_address = Some(email);
        }
    }
    if let Some(username) = call.param("username") {
        sign_up.username = Some(accounts::checked_username(scope, username, None)?);
    }
    if let Some(password) = call.param("password") {
        let hash = scope
            .proofs
            .new_hash(&scope.settings, "password", password)?;
        sign_up.password_hash = Some(hash);
    }
    for (name, field) in [
        ("first_name", &mut sign_up.first_name),
        ("last_name", &mut sign_up.last_name),
        ("locale", &mut sign_up.locale),
    ] {
        if let Some(value) = call.param(name) {
            *field = Some(value.trim().to_owned());
        }
    }
    if let Some(value) = call.json("unsafe_metadata") {
        sign_up.unsafe_metadata = metadata::checked("unsafe_metadata", &value)?;
    }
    if call.flag("legal_accepted") == Some(true) {
        sign_up.legal_accepted_at = Some(scope.now);
    }
    Ok(())
}

/// Makes the account once everything is there, and answers.
fn finish(scope: &mut Scope<'_>, sign_up: SignUp) -> Answer {
    let sign_up = sign_ups::finish(scope, sign_up)?;
    Ok(view::sign_up(scope, &sign_up).into())
}
