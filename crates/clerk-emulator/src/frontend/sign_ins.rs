//! `/v1/client/sign_ins`: a sign-in in progress.

use crate::credentials::verification::email_link;
use crate::delivery::mail;
use crate::error::ClerkError;
use crate::model::{ActorToken, SignIn, SignInToken, TicketStatus, User, Verification};
use crate::rules::factors::Purpose;
use crate::rules::{
    accounts, external_accounts, factors, invitations, lockout, passkeys, sessions, sign_ins,
    tickets,
};
use crate::scope::{Answer, Scope};
use crate::{id, view};

/// How long a sign-in may take, in milliseconds: a day.
const ABANDON_AFTER: i64 = 24 * 60 * 60 * 1000;

/// `POST …`: names the person, and may bring the proof along.
pub fn create(scope: &mut Scope<'_>) -> Answer {
    scope.require_browser()?;
    let mut sign_in = SignIn {
        id: id::new("sia"),
        abandon_at: scope.now + ABANDON_AFTER,
        ..SignIn::default()
    };
    let strategy = scope.call.param("strategy").unwrap_or_default().to_owned();
    if strategy == "ticket" || scope.call.param("ticket").is_some() {
        return by_ticket(scope, sign_in);
    }
    refuse_signed_in(scope)?;
    if scope.call.flag("transfer") == Some(true) {
        return by_transfer(scope, sign_in);
    }
    if strategy.starts_with("oauth_") {
        sign_in.first_factor = Some(external_accounts::begin(scope, &strategy, "sign_in")?);
        return keep(scope, sign_in);
    }
    if strategy == "passkey" {
        sign_in.first_factor = Some(passkeys::challenge(scope, None)?);
        return keep(scope, sign_in);
    }
    if let Some(identifier) = scope.call.param("identifier") {
        let identifier = identifier.trim().to_owned();
        let user = by_identifier(scope, &identifier)?;
        sign_in.identifier = Some(identifier);
        sign_in.user_id = Some(user.id);
    }
    if scope.call.param("password").is_some() {
        return prove(scope, sign_in, "password");
    }
    if matches!(
        strategy.as_str(),
        "email_code" | "reset_password_email_code" | "email_link"
    ) {
        send(scope, &mut sign_in, &strategy)?;
    }
    keep(scope, sign_in)
}

/// One session for each browser: whoever is signed in must sign out first.
fn refuse_signed_in(scope: &Scope<'_>) -> Result<(), ClerkError> {
    let client = scope
        .client
        .as_ref()
        .filter(|_| scope.settings.single_session);
    let ids = client
        .map(|it| it.session_ids.as_slice())
        .unwrap_or_default();
    for id in ids {
        if scope.session(id).is_ok() {
            return Err(ClerkError::bad(
                "session_exists",
                "You're already signed in.",
            ));
        }
    }
    Ok(())
}

fn by_identifier(scope: &Scope<'_>, identifier: &str) -> Result<User, ClerkError> {
    let folded = identifier.to_lowercase();
    let mut found = None;
    if scope.settings.email_address.is_on() {
        found = scope.tx.find::<User>("email", &folded)?;
    }
    if found.is_none() && scope.settings.username.is_on() {
        found = scope.tx.find::<User>("username", &folded)?;
    }
    let user = found.ok_or_else(|| {
        ClerkError::at(
            "identifier",
            "form_identifier_not_found",
            "Couldn't find your account.",
        )
    })?;
    lockout::check(scope, &user)?;
    if let Some(client) = &scope.client {
        for id in &client.session_ids {
            if scope.session(id).is_ok_and(|open| open.user_id == user.id) {
                return Err(ClerkError::bad(
                    "identifier_already_signed_in",
                    "You're already signed in.",
                ));
            }
        }
    }
    Ok(user)
}

/// By a one-time token that a server made: for the person, or for somebody who acts for them.
fn by_ticket(scope: &mut Scope<'_>, mut sign_in: SignIn) -> Answer {
    let secret = scope.call.required("ticket")?.to_owned();
    let ticket = tickets::find(scope, &secret)?;
    let user_id = match ticket.kind.as_str() {
        "sign_in_token" => {
            let mut token: SignInToken = scope.tx.need(&ticket.of)?;
            tickets::check(scope, token.status, token.expires_at)?;
            token.status = TicketStatus::Accepted;
            token.updated_at = scope.now;
            scope.tx.put(&token)?;
            token.user_id
        }
        "actor_token" => {
            let mut token: ActorToken = scope.tx.need(&ticket.of)?;
            tickets::check(scope, token.status, token.expires_at)?;
            token.status = TicketStatus::Accepted;
            token.updated_at = scope.now;
            scope.tx.put(&token)?;
            sign_in.actor = Some(token.actor);
            token.user_id
        }
        // An invited address that has an account already.
        "organization_invitation" => invitations::invited_user(scope, &ticket)?,
        _ => return Err(tickets::invalid()),
    };
    let user: User = scope.tx.need(&user_id)?;
    lockout::check(scope, &user)?;
    sign_in.identifier = Some(user.identifier().to_owned());
    sign_in.user_id = Some(user.id.clone());
    sign_in.first_factor = Some(Verification::given("ticket", scope.now));
    if ticket.kind == "organization_invitation" {
        sign_in.ticket = Some(ticket.id);
    }
    complete(scope, sign_in, user, "ticket", false)
}

/// A sign-up by a provider met an account: it becomes a sign-in.
fn by_transfer(scope: &mut Scope<'_>, mut sign_in: SignIn) -> Answer {
    let external = scope
        .client
        .as_ref()
        .and_then(|client| client.sign_up.as_ref()?.external.clone())
        .ok_or_else(|| {
            ClerkError::bad(
                "account_transfer_invalid",
                "There is no sign-up to transfer.",
            )
        })?;
    let user = external_accounts::account(scope, &external)?.ok_or_else(|| {
        ClerkError::bad(
            "account_transfer_invalid",
            "There is no account to sign in to.",
        )
    })?;
    lockout::check(scope, &user)?;
    sign_in.identifier = Some(external.email_address.clone());
    sign_in.user_id = Some(user.id.clone());
    sign_in.first_factor = Some(Verification::given(&external.strategy, scope.now));
    complete(scope, sign_in, user, &external.strategy, false)
}

/// `GET …/{id}`
pub fn show(scope: &mut Scope<'_>) -> Answer {
    let sign_in = find(scope)?;
    Ok(view::sign_in(scope, &sign_in)?.into())
}

/// `POST …/{id}/prepare_first_factor`: sends a code or a link, or leads to a provider.
pub fn prepare_first(scope: &mut Scope<'_>) -> Answer {
    let mut sign_in = find(scope)?;
    let strategy = scope.call.required("strategy")?.to_owned();
    if strategy.starts_with("oauth_") {
        sign_in.first_factor = Some(external_accounts::begin(scope, &strategy, "sign_in")?);
    } else if strategy == "passkey" {
        let user = match &sign_in.user_id {
            Some(id) => scope.tx.get::<User>(id)?,
            None => None,
        };
        sign_in.first_factor = Some(passkeys::challenge(scope, user.as_ref())?);
    } else {
        send(scope, &mut sign_in, &strategy)?;
    }
    keep(scope, sign_in)
}

fn send(scope: &mut Scope<'_>, sign_in: &mut SignIn, strategy: &str) -> Result<(), ClerkError> {
    let user = person(scope, sign_in)?;
    factors::must_be_offered(scope, &user, strategy, Purpose::SignIn)?;
    match strategy {
        "email_code" | "reset_password_email_code" => {
            let (verification, message) = factors::code_for(scope, &user, strategy)?;
            mail::send(scope, message)?;
            sign_in.first_factor = Some(verification);
        }
        "email_link" => {
            let asked = scope.call.param("email_address_id");
            let wanted = asked.or(user.primary_email_address_id.as_deref());
            let address = wanted
                .and_then(|id| user.email(id))
                .filter(|it| it.is_verified())
                .ok_or_else(ClerkError::invalid_strategy)?;
            let redirect_url = scope.call.required("redirect_url")?;
            let mut link = email_link(redirect_url, scope.now);
            link.email_address_id = Some(address.id.clone());
            let url = tickets::email_link(scope, &link, &format!("sign_in {}", sign_in.id))?;
            let application = scope.settings.application_name.clone();
            mail::send(
                scope,
                mail::link(&application, &address.email_address, &url),
            )?;
            sign_in.first_factor = Some(link);
        }
        _ => return Err(ClerkError::invalid_strategy()),
    }
    Ok(())
}

/// `POST …/{id}/attempt_first_factor`: checks a password, a code or a passkey.
pub fn attempt_first(scope: &mut Scope<'_>) -> Answer {
    let sign_in = find(scope)?;
    let strategy = scope.call.required("strategy")?.to_owned();
    prove(scope, sign_in, &strategy)
}

/// `POST …/{id}/prepare_second_factor`: nothing is sent for an app's code.
pub fn prepare_second(scope: &mut Scope<'_>) -> Answer {
    show(scope)
}

/// `POST …/{id}/attempt_second_factor`: checks an app's code or a backup code.
pub fn attempt_second(scope: &mut Scope<'_>) -> Answer {
    let mut sign_in = find(scope)?;
    let strategy = scope.call.required("strategy")?.to_owned();
    let mut user = person(scope, &sign_in)?;
    let proven = sign_in
        .first_factor
        .as_ref()
        .is_some_and(Verification::is_verified);
    if !proven || sign_in.needs_new_password {
        return Err(ClerkError::invalid_strategy());
    }
    if let Err(error) = factors::check_second(scope, &mut user, &strategy) {
        return Err(lockout::failed(scope, &mut user, error));
    }
    sign_in.second_factor = Some(Verification::given(&strategy, scope.now));
    let first = sign_in.first_factor.as_ref().map(|it| it.strategy.clone());
    complete(scope, sign_in, user, &first.unwrap_or_default(), true)
}

/// `POST …/{id}/reset_password`: the new password, after a reset code.
pub fn reset_password(scope: &mut Scope<'_>) -> Answer {
    let mut sign_in = find(scope)?;
    let mut user = person(scope, &sign_in)?;
    if !sign_in.needs_new_password {
        return Err(ClerkError::invalid_strategy());
    }
    let password = scope.call.given("password").unwrap_or_default();
    user.password_hash = Some(
        scope
            .proofs
            .new_hash(&scope.settings, "password", password)?,
    );
    user.password_updated_at = Some(scope.now);
    user.password_compromised = false;
    accounts::save(scope, &mut user)?;
    if scope.call.flag("sign_out_of_other_sessions") == Some(true) {
        sessions::end_all(scope, &user.id, None)?;
    }
    sign_in.needs_new_password = false;
    complete(scope, sign_in, user, "password", false)
}

/// The first factor is proven; answers how far that leads.
fn complete(
    scope: &mut Scope<'_>,
    sign_in: SignIn,
    user: User,
    strategy: &str,
    second_factor: bool,
) -> Answer {
    let sign_in = sign_ins::complete(scope, sign_in, user, strategy, second_factor)?;
    Ok(view::sign_in(scope, &sign_in)?.into())
}

/// Keeps a sign-in in progress, and answers it.
fn keep(scope: &mut Scope<'_>, sign_in: SignIn) -> Answer {
    let shown = view::sign_in(scope, &sign_in)?;
    scope.client_mut()?.sign_in = Some(sign_in);
    Ok(shown.into())
}

fn find(scope: &Scope<'_>) -> Result<SignIn, ClerkError> {
    let id = scope.call.path("id");
    scope
        .client
        .as_ref()
        .and_then(|client| client.sign_in.clone())
        .filter(|sign_in| sign_in.id == id && scope.now < sign_in.abandon_at)
        .ok_or_else(|| ClerkError::not_found("The sign-in"))
}

fn person(scope: &Scope<'_>, sign_in: &SignIn) -> Result<User, ClerkError> {
    let id = sign_in
        .user_id
        .as_deref()
        .ok_or_else(|| ClerkError::missing("identifier"))?;
    let user = scope.tx.need(id)?;
    lockout::check(scope, &user)?;
    Ok(user)
}

/// Checks the proof; the right one signs the person in, or asks for the second factor.
fn prove(scope: &mut Scope<'_>, mut sign_in: SignIn, strategy: &str) -> Answer {
    if strategy == "passkey" && sign_in.user_id.is_none() {
        sign_in.user_id = Some(passkeys::owner(scope)?);
    }
    let mut user = person(scope, &sign_in)?;
    let mut verification = sign_in.first_factor.take();
    let proof = factors::check_first(
        scope,
        &mut user,
        (strategy, Purpose::SignIn),
        &mut verification,
    );
    sign_in.first_factor = verification;
    if let Err(error) = proof {
        scope.client_mut()?.sign_in = Some(sign_in);
        scope.keep_client()?;
        return Err(lockout::failed(scope, &mut user, error));
    }
    if strategy == "reset_password_email_code" {
        sign_in.needs_new_password = true;
        return keep(scope, sign_in);
    }
    complete(scope, sign_in, user, strategy, strategy == "passkey")
}
