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
        .ok_or_else(|| {
            ClerkError::bad(
                "oauth_state_invalid",
                "This sign-in has expired. Start again.",
            )
        })
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
    let mut client: Client = scope.tx.need(&attempt.client_id)?;
    let call = scope.call;
    if call.query("error").or(call.param("error")).is_some() {
        let error = (
            "oauth_access_denied".to_owned(),
            "Access to your account was denied.".to_owned(),
        );
        note(
            &mut client,
            &attempt,
            VerificationStatus::Failed,
            Some(error),
        );
        scope.tx.put(&client)?;
        return back(scope, &attempt, false);
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
        provider_user_id: id::digest(&email.to_lowercase())[..20].to_owned(),
        email_address: email,
        first_name: field("first_name"),
        last_name: field("last_name"),
    };
    // The browser is the one that began, whoever's cookies came along here.
    scope.client = Some(client);
    match attempt.purpose.as_str() {
        "sign_in" => for_sign_in(scope, &attempt, profile),
        "sign_up" => for_sign_up(scope, &attempt, profile),
        user_id => for_account(scope, &attempt, profile, user_id),
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

fn note(
    client: &mut Client,
    attempt: &OAuthAttempt,
    status: VerificationStatus,
    error: Option<(String, String)>,
) {
    let verification = match attempt.purpose.as_str() {
        "sign_in" => client
            .sign_in
            .as_mut()
            .and_then(|it| it.first_factor.as_mut()),
        "sign_up" => client
            .sign_up
            .as_mut()
            .and_then(|it| it.external_verification.as_mut()),
        _ => None,
    };
    if let Some(verification) = verification {
        verification.status = status;
        verification.error = error;
    }
}

fn transferable(
    scope: &mut Scope<'_>,
    attempt: &OAuthAttempt,
    code: &str,
    message: &str,
) -> Answer {
    let client = scope.client_mut()?;
    let error = Some((code.to_owned(), message.to_owned()));
    note(client, attempt, VerificationStatus::Transferable, error);
    back(scope, attempt, false)
}

fn for_sign_in(scope: &mut Scope<'_>, attempt: &OAuthAttempt, profile: ExternalProfile) -> Answer {
    let sign_in = scope.client_mut()?.sign_in.clone();
    let mut sign_in = sign_in.ok_or_else(|| ClerkError::not_found("The sign-in"))?;
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
    let mut sign_up = sign_up.ok_or_else(|| ClerkError::not_found("The sign-up"))?;
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
    if let Err(error) = external_accounts::fill(scope, &mut sign_up, profile) {
        // The page tells why, not this address.
        let client = scope.client_mut()?;
        note(
            client,
            attempt,
            VerificationStatus::Failed,
            Some(error.as_part()),
        );
        return back(scope, attempt, false);
    }
    let done = sign_ups::finish(scope, sign_up)?;
    back(scope, attempt, done.created_session_id.is_some())
}

/// A signed-in person connects an account.
fn for_account(
    scope: &mut Scope<'_>,
    attempt: &OAuthAttempt,
    profile: ExternalProfile,
    user_id: &str,
) -> Answer {
    let mut user: User = scope.tx.need(user_id)?;
    let pending = |it: &ExternalAccount| it.strategy == profile.strategy && !it.is_verified();
    let key = format!("{} {}", profile.strategy, profile.provider_user_id);
    let taken = scope.tx.find::<User>("external", &key)?.is_some();
    let now = scope.now;
    let Some(account) = user.external_accounts.iter_mut().find(|it| pending(it)) else {
        return back(scope, attempt, false);
    };
    if taken {
        if let Some(verification) = &mut account.verification {
            verification.status = VerificationStatus::Failed;
            verification.error = Some((
                "oauth_account_already_connected".to_owned(),
                "Another account is already connected to this user.".to_owned(),
            ));
        }
    } else {
        account.provider_user_id = profile.provider_user_id;
        account.email_address.clone_from(&profile.email_address);
        account.first_name = profile.first_name;
        account.last_name = profile.last_name;
        account.verification = Some(Verification::given(&profile.strategy, now));
        account.tokens_revoked = false;
        account.updated_at = now;
    }
    accounts::save(scope, &mut user)?;
    back(scope, attempt, false)
}

/// `POST /v1/me/external_accounts`: connects an account.
pub fn connect(scope: &mut Scope<'_>) -> Answer {
    let (session, mut user) = scope.person()?;
    require_fresh(scope, &session)?;
    let strategy = scope.call.required("strategy")?.to_owned();
    let verification = external_accounts::begin(scope, &strategy, &user.id)?;
    user.external_accounts
        .retain(|it| it.strategy != strategy || it.is_verified());
    let account = ExternalAccount {
        id: id::new("eac"),
        strategy,
        verification: Some(verification),
        created_at: scope.now,
        updated_at: scope.now,
        ..ExternalAccount::default()
    };
    let id = account.id.clone();
    user.external_accounts.push(account);
    accounts::save(scope, &mut user)?;
    shown(scope, &user, &id)
}

/// `PATCH /v1/me/external_accounts/{id}/reauthorize`: goes to the provider once more.
pub fn reauthorize(scope: &mut Scope<'_>) -> Answer {
    let (_, mut user) = scope.person()?;
    let id = scope.call.path("id").to_owned();
    let strategy = user
        .external_accounts
        .iter()
        .find(|it| it.id == id)
        .map(|it| it.strategy.clone())
        .ok_or_else(|| ClerkError::not_found("The external account"))?;
    let verification = external_accounts::begin(scope, &strategy, &user.id)?;
    for account in user.external_accounts.iter_mut().filter(|it| it.id == id) {
        account.verification = Some(verification.clone());
    }
    accounts::save(scope, &mut user)?;
    shown(scope, &user, &id)
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
    let account = user.external_accounts.iter_mut().find(|it| it.id == id);
    account
        .ok_or_else(|| ClerkError::not_found("The external account"))?
        .tokens_revoked = true;
    accounts::save(scope, &mut user)?;
    Ok(crate::view::user(scope, &user, crate::view::Audience::Frontend)?.into())
}
