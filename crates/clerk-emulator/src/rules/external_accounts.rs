//! Accounts at providers (Google, GitHub, …): beginning with one, and whose it is.

use crate::credentials::verification::LIFETIME;
use crate::error::ClerkError;
use crate::id;
use crate::model::{
    EmailAddress, ExternalAccount, ExternalProfile, OAuthAttempt, SignUp, User, Verification,
};
use crate::scope::Scope;
use crate::settings::Field;
use crate::store::ALL;

use super::{accounts, admission};

/// How many are on their way to providers at once.
const ATTEMPTS_MAX: usize = 1000;

/// Somebody goes to a provider; answers the proof that is waited for.
pub fn begin(
    scope: &mut Scope<'_>,
    strategy: &str,
    purpose: &str,
) -> Result<Verification, ClerkError> {
    let provider = strategy.strip_prefix("oauth_").unwrap_or_default();
    if !scope.settings.social.iter().any(|it| it == provider) {
        return Err(ClerkError::at(
            "strategy",
            "oauth_provider_not_enabled",
            format!(
                "{provider} is not enabled for this instance. Add it to the social connections."
            ),
        ));
    }
    let page = scope.landing("redirect_url", scope.call.required("redirect_url")?)?;
    let param = "action_complete_redirect_url";
    let complete = match scope.call.param(param) {
        Some(address) => scope.landing_beside(&page, param, address)?,
        None => page.clone(),
    };
    let attempt = OAuthAttempt {
        id: id::secret("oas"),
        client_id: scope.client_mut()?.id.clone(),
        strategy: strategy.to_owned(),
        purpose: purpose.to_owned(),
        redirect_url: page.as_str().to_owned(),
        complete_url: complete.as_str().to_owned(),
        created_at: scope.now,
    };
    scope.tx.put(&attempt)?;
    scope
        .tx
        .keep_newest::<OAuthAttempt>(ALL.0, ALL.1, ATTEMPTS_MAX)?;
    let url = format!(
        "{}/v1/oauth/emulator?state={}",
        scope.emulator.url(),
        attempt.id
    );
    Ok(Verification {
        strategy: strategy.to_owned(),
        token: Some(attempt.id),
        external_url: Some(url),
        expire_at: scope.now + LIFETIME,
        ..Verification::default()
    })
}

/// The account that a provider's person has, or is to have.
pub fn find(scope: &Scope<'_>, profile: &ExternalProfile) -> Result<Option<User>, ClerkError> {
    let key = format!("{} {}", profile.strategy, profile.provider_user_id);
    if let Some(user) = scope.tx.find::<User>("external", &key)? {
        return Ok(Some(user));
    }
    scope
        .tx
        .find("email", &profile.email_address.to_lowercase())
}

/// The account of a provider's person. One that has the same proven address is connected
/// (<https://clerk.com/docs/guides/configure/auth-strategies/social-connections/account-linking>).
pub fn account(
    scope: &mut Scope<'_>,
    profile: &ExternalProfile,
) -> Result<Option<User>, ClerkError> {
    let Some(mut user) = find(scope, profile)? else {
        return Ok(None);
    };
    let known = user.external_accounts.iter().any(|it| {
        it.strategy == profile.strategy && it.provider_user_id == profile.provider_user_id
    });
    if !known {
        let account = connected(profile, scope.now);
        link(&mut user.email_addresses, &account);
        user.external_accounts.push(account);
        accounts::save(scope, &mut user)?;
    }
    Ok(Some(user))
}

/// The account at a provider that this profile tells of, connected now.
pub fn connected(profile: &ExternalProfile, now: i64) -> ExternalAccount {
    ExternalAccount {
        id: id::new("eac"),
        strategy: profile.strategy.clone(),
        provider_user_id: profile.provider_user_id.clone(),
        email_address: profile.email_address.clone(),
        first_name: profile.first_name.clone(),
        last_name: profile.last_name.clone(),
        verification: Some(Verification::given(&profile.strategy, now)),
        created_at: now,
        updated_at: now,
        ..ExternalAccount::default()
    }
}

fn link(addresses: &mut [EmailAddress], account: &ExternalAccount) {
    for address in addresses {
        if address
            .email_address
            .eq_ignore_ascii_case(&account.email_address)
        {
            let link = (account.strategy.clone(), account.id.clone());
            address.linked_to.push(link);
        }
    }
}

/// What a provider tells of a person goes into their sign-up.
pub fn fill(
    scope: &Scope<'_>,
    sign_up: &mut SignUp,
    profile: ExternalProfile,
) -> Result<(), ClerkError> {
    admission::admit(scope, sign_up, Some(&profile.email_address))?;
    accounts::must_be_free(scope, "email_address", &profile.email_address)?;
    let given =
        |field: Field, text: &String| (field.is_on() && !text.is_empty()).then(|| text.clone());
    sign_up.email_address = Some(profile.email_address.clone());
    let word = format!("from_{}", profile.strategy);
    sign_up.email_verification = Some(Verification::given(&word, scope.now));
    sign_up.external_verification = Some(Verification::given(&profile.strategy, scope.now));
    sign_up.first_name = sign_up
        .first_name
        .take()
        .or_else(|| given(scope.settings.first_name, &profile.first_name));
    sign_up.last_name = sign_up
        .last_name
        .take()
        .or_else(|| given(scope.settings.last_name, &profile.last_name));
    sign_up.external = Some(profile);
    Ok(())
}

/// Forgets a connected account.
pub fn remove(user: &mut User, id: &str) -> Result<(), ClerkError> {
    let before = user.external_accounts.len();
    user.external_accounts.retain(|it| it.id != id);
    if user.external_accounts.len() == before {
        return Err(ClerkError::not_found("The external account"));
    }
    for address in &mut user.email_addresses {
        address.linked_to.retain(|(_, linked)| linked != id);
    }
    Ok(())
}
