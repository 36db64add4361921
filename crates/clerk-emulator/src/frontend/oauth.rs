//! OAuth providers: the emulator stands in for each, with a page that asks who one wants to be.

use serde_json::Value;

use crate::credentials::verification::LIFETIME;
use crate::error::ClerkError;
use crate::model::{
    Client, ExternalAccount, ExternalProfile, OAuthAttempt, User, Verification, VerificationStatus,
};
use crate::rules::reverification::require_fresh;
use crate::rules::{accounts, external_accounts, lockout, sign_ins, sign_ups};
use crate::scope::{Answer, Reply, Scope};
use crate::{html, id};

use super::links;

/// How much is taken of a name that rides in an address, in characters.
const NAME_MAX: usize = 256;

fn attempt(scope: &Scope<'_>) -> Result<OAuthAttempt, ClerkError> {
    let call = scope.call;
    let state = call
        .query("state")
        .or(call.param("state"))
        .unwrap_or_default();
    scope
        .tx
        .get::<OAuthAttempt>(state)?
        .filter(|it| scope.now < it.created_at + LIFETIME)
        .ok_or_else(expired)
}

/// The attempt is too old, or another one has begun since.
fn expired() -> ClerkError {
    ClerkError::bad(
        "oauth_state_invalid",
        "This sign-in has expired. Start again.",
    )
}

/// `GET /v1/oauth/emulator`: the provider's page.
pub fn page(scope: &mut Scope<'_>) -> Answer {
    let attempt = attempt(scope)?;
    let provider = attempt.strategy.trim_start_matches("oauth_");
    Ok(Reply::Html(html::provider_page(provider, &attempt.id)))
}

/// `POST /v1/oauth/emulator`: the person has said who they are, or will not.
pub fn answer(scope: &mut Scope<'_>) -> Answer {
    let attempt = attempt(scope)?;
    let mut callback = format!("/v1/oauth_callback?state={}", attempt.id);
    if scope.call.param("deny").is_some() {
        callback.push_str("&error=access_denied");
        return Ok(Reply::Onward(callback));
    }
    let email = accounts::checked_email(scope.call.given("email").unwrap_or_default())?;
    let pairs = [
        ("email", email.as_str()),
        (
            "first_name",
            scope.call.given("first_name").unwrap_or_default(),
        ),
        (
            "last_name",
            scope.call.given("last_name").unwrap_or_default(),
        ),
    ];
    let code = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    let code: String = form_urlencoded::byte_serialize(code.as_bytes()).collect();
    Ok(Reply::Onward(format!("{callback}&code={code}")))
}

/// `GET /v1/oauth_callback`: back from the provider. The profile rides in the code: there is
/// nobody to fetch it from.
pub fn callback(scope: &mut Scope<'_>) -> Answer {
    let attempt = attempt(scope)?;
    scope.tx.delete::<OAuthAttempt>(&attempt.id)?;
    // The browser is the one that began, whoever's cookies came along here.
    scope.client = Some(scope.tx.need::<Client>(&attempt.client_id)?);
    let call = scope.call;
    if call.query("error").or(call.param("error")).is_some() {
        return Err(ClerkError::bad(
            "oauth_access_denied",
            "Access to your account was denied.",
        ));
    }
    let code = call
        .query("code")
        .or(call.param("code"))
        .unwrap_or_default();
    let fields: Vec<(String, String)> = form_urlencoded::parse(code.as_bytes())
        .into_owned()
        .collect();
    let field = |name: &str| {
        let found = fields.iter().find(|(asked, _)| asked == name);
        found
            .map(|(_, value)| value.trim().chars().take(NAME_MAX).collect::<String>())
            .unwrap_or_default()
    };
    let email = accounts::checked_email(&field("email"))?;
    let profile = ExternalProfile {
        strategy: attempt.strategy.clone(),
        provider_user_id: id::digest(email.to_lowercase())[..20].to_owned(),
        email_address: email,
        first_name: field("first_name"),
        last_name: field("last_name"),
    };
    match attempt.purpose.as_str() {
        "sign_in" => for_sign_in(scope, &attempt, profile),
        "sign_up" => for_sign_up(scope, &attempt, profile),
        _ => for_account(scope, &attempt, profile),
    }
}

/// Back to the page that somebody came from, or to where they wanted to be when all is done.
fn back(scope: &Scope<'_>, attempt: &OAuthAttempt, complete: bool) -> Answer {
    let address = if complete {
        &attempt.complete_url
    } else {
        &attempt.redirect_url
    };
    Ok(Reply::Redirect(scope.landing("redirect_url", address)?))
}

/// Writes on the sign-in or sign-up what its attempt has brought.
fn note(
    scope: &mut Scope<'_>,
    attempt: &OAuthAttempt,
    status: VerificationStatus,
    error: (String, String),
) -> Result<(), ClerkError> {
    if scope.client.is_none() {
        return Ok(());
    }
    let client = scope.client_mut()?;
    let proof = if attempt.purpose == "sign_in" {
        client
            .sign_in
            .as_mut()
            .and_then(|it| it.first_factor.as_mut())
    } else {
        let sign_up = client.sign_up.as_mut();
        sign_up.and_then(|it| it.external_verification.as_mut())
    };
    if let Some(proof) = proof.filter(|it| attempt.is_for(Some(it))) {
        proof.status = status;
        proof.error = Some(error);
    }
    Ok(())
}

/// The attempt came to nothing, and the page that it began on tells why.
pub fn told_on_the_page(scope: &mut Scope<'_>, error: &ClerkError) -> Answer {
    let Ok(attempt) = attempt(scope) else {
        return links::told_here(scope, error);
    };
    scope.tx.delete::<OAuthAttempt>(&attempt.id)?;
    fail(scope, &attempt, error.as_part())?;
    back(scope, &attempt, false)
}

/// Writes down why the attempt came to nothing. A connection that was there stays.
fn fail(
    scope: &mut Scope<'_>,
    attempt: &OAuthAttempt,
    error: (String, String),
) -> Result<(), ClerkError> {
    let Some((user_id, account_id)) = attempt.purpose.split_once(' ') else {
        scope.client = scope.tx.get::<Client>(&attempt.client_id)?;
        return note(scope, attempt, VerificationStatus::Failed, error);
    };
    let Some(mut user) = scope.tx.get::<User>(user_id)? else {
        return Ok(());
    };
    let account = user.external_account_mut(account_id);
    let proof = account.and_then(|it| it.verification.as_mut());
    let told = |it: &&mut Verification| it.is_verified() || attempt.is_for(Some(it));
    let Some(proof) = proof.filter(told) else {
        return Ok(());
    };
    if !proof.is_verified() {
        proof.status = VerificationStatus::Failed;
    }
    proof.error = Some(error);
    accounts::save(scope, &mut user)
}

fn transferable(
    scope: &mut Scope<'_>,
    attempt: &OAuthAttempt,
    code: &str,
    message: &str,
) -> Answer {
    let error = (code.to_owned(), message.to_owned());
    note(scope, attempt, VerificationStatus::Transferable, error)?;
    back(scope, attempt, false)
}

fn for_sign_in(scope: &mut Scope<'_>, attempt: &OAuthAttempt, profile: ExternalProfile) -> Answer {
    let sign_in = scope.client_mut()?.sign_in.clone();
    let mut sign_in = sign_in
        .filter(|it| attempt.is_for(it.first_factor.as_ref()))
        .ok_or_else(expired)?;
    let Some(user) = external_accounts::account(scope, &profile)? else {
        sign_in.external = Some(profile);
        scope.client_mut()?.sign_in = Some(sign_in);
        return transferable(
            scope,
            attempt,
            "external_account_not_found",
            "The External Account was not found.",
        );
    };
    lockout::check(scope, &user)?;
    sign_in.identifier = Some(profile.email_address.clone());
    sign_in.user_id = Some(user.id.clone());
    sign_in.first_factor = Some(Verification::given(&profile.strategy, scope.now));
    let done = sign_ins::complete(scope, sign_in, user, &profile.strategy, false)?;
    back(scope, attempt, done.created_session_id.is_some())
}

fn for_sign_up(scope: &mut Scope<'_>, attempt: &OAuthAttempt, profile: ExternalProfile) -> Answer {
    let sign_up = scope.client_mut()?.sign_up.clone();
    let mut sign_up = sign_up
        .filter(|it| attempt.is_for(it.external_verification.as_ref()))
        .ok_or_else(expired)?;
    if external_accounts::find(scope, &profile)?.is_some() {
        sign_up.external = Some(profile);
        scope.client_mut()?.sign_up = Some(sign_up);
        return transferable(
            scope,
            attempt,
            "external_account_exists",
            "The External Account already exists.",
        );
    }
    external_accounts::fill(scope, &mut sign_up, profile)?;
    let done = sign_ups::finish(scope, sign_up)?;
    back(scope, attempt, done.created_session_id.is_some())
}

/// A signed-in person connects an account, or renews a connection: by its own account only.
fn for_account(scope: &mut Scope<'_>, attempt: &OAuthAttempt, profile: ExternalProfile) -> Answer {
    let (user_id, account_id) = attempt.purpose.split_once(' ').unwrap_or_default();
    // Whoever was signed out meanwhile must not leave a way in behind.
    scope.must_be_in(user_id)?;
    let mut user: User = scope.tx.need(user_id)?;
    let key = format!("{} {}", profile.strategy, profile.provider_user_id);
    let taken = scope.tx.find::<User>("external", &key)?.is_some();
    let account = user.external_account_mut(account_id);
    let current =
        |it: &&mut ExternalAccount| it.is_verified() || attempt.is_for(it.verification.as_ref());
    let Some(account) = account.filter(current) else {
        return back(scope, attempt, false);
    };
    let renewed = account.is_verified() && account.key() == key;
    if !renewed && (taken || account.is_verified()) {
        return Err(ClerkError::bad(
            "oauth_account_already_connected",
            "Another account is already connected to this user.",
        ));
    }
    account.provider_user_id = profile.provider_user_id;
    account.email_address = profile.email_address;
    account.first_name = profile.first_name;
    account.last_name = profile.last_name;
    account.verification = Some(Verification::given(&profile.strategy, scope.now));
    account.tokens_revoked = false;
    account.updated_at = scope.now;
    accounts::save(scope, &mut user)?;
    back(scope, attempt, false)
}

/// `POST /v1/me/external_accounts`: connects an account.
pub fn connect(scope: &mut Scope<'_>) -> Answer {
    let (session, mut user) = scope.person()?;
    require_fresh(scope, &session)?;
    let strategy = scope.call.required("strategy")?.to_owned();
    let id = id::new("eac");
    let purpose = format!("{} {id}", user.id);
    let verification = external_accounts::begin(scope, &strategy, &purpose)?;
    user.external_accounts
        .retain(|it| it.strategy != strategy || it.is_verified());
    let account = ExternalAccount {
        id: id.clone(),
        strategy,
        verification: Some(verification),
        created_at: scope.now,
        updated_at: scope.now,
        ..ExternalAccount::default()
    };
    user.external_accounts.push(account);
    accounts::save(scope, &mut user)?;
    shown(scope, &user, &id)
}

/// `PATCH /v1/me/external_accounts/{id}/reauthorize`: goes to the provider once more. The
/// connection stays as it is until the person comes back.
pub fn reauthorize(scope: &mut Scope<'_>) -> Answer {
    let (_, mut user) = scope.person()?;
    let id = scope.call.path("id");
    let purpose = format!("{} {id}", user.id);
    let account = user.external_account_mut(id);
    let account = account.ok_or_else(|| ClerkError::not_found("The external account"))?;
    let connected = account.is_verified();
    account.verification = Some(external_accounts::begin(
        scope,
        &account.strategy,
        &purpose,
    )?);
    if !connected {
        accounts::save(scope, &mut user)?;
    }
    shown(scope, &user, id)
}

fn shown(scope: &Scope<'_>, user: &User, id: &str) -> Answer {
    let shown = crate::view::user(scope, user, crate::view::Audience::Frontend)?;
    let accounts = shown["external_accounts"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let found = accounts.into_iter().find(|it| it["id"] == id);
    Ok(found.unwrap_or(Value::Null).into())
}

/// `DELETE /v1/me/external_accounts/{id}`
pub fn disconnect(scope: &mut Scope<'_>) -> Answer {
    let (session, mut user) = scope.person()?;
    require_fresh(scope, &session)?;
    let id = scope.call.path("id").to_owned();
    external_accounts::remove(&mut user, &id)?;
    accounts::save(scope, &mut user)?;
    Ok(crate::view::deleted("external_account", &id).into())
}

/// `DELETE /v1/me/external_accounts/{id}/tokens`: servers get none until the person goes to the
/// provider once more.
pub fn revoke_tokens(scope: &mut Scope<'_>) -> Answer {
    let (session, mut user) = scope.person()?;
    require_fresh(scope, &session)?;
    let id = scope.call.path("id");
    user.external_account_mut(id)
        .ok_or_else(|| ClerkError::not_found("The external account"))?
        .tokens_revoked = true;
    accounts::save(scope, &mut user)?;
    Ok(crate::view::user(scope, &user, crate::view::Audience::Frontend)?.into())
}
