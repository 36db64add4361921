//! The end of a sign-up.

use crate::error::ClerkError;
use crate::id;
use crate::model::{EmailAddress, SignUp, User, Verification, WaitlistEntry};
use crate::scope::Scope;
use crate::view::missing_fields;

use super::sessions::{self, Start};
use super::{accounts, admission, enrollment, external_accounts, invitations};

/// Makes the account once everything is there, and signs it in; until then the sign-up is kept.
pub fn finish(scope: &mut Scope<'_>, mut sign_up: SignUp) -> Result<SignUp, ClerkError> {
    let verified = |it: &Option<Verification>| it.as_ref().is_some_and(Verification::is_verified);
    let proven = sign_up.email_address.is_none() || verified(&sign_up.email_verification);
    // A provider's word is asked for and not there yet.
    let waiting =
        sign_up.external_verification.is_some() && !verified(&sign_up.external_verification);
    // Where everything is optional, an account is known by something all the same.
    let known = sign_up.email_address.is_some() || sign_up.username.is_some();
    let missing = missing_fields(&scope.settings, &sign_up);
    if !missing.is_empty() || !proven || waiting || !known {
        scope.client_mut()?.sign_up = Some(sign_up.clone());
        return Ok(sign_up);
    }
    admission::admit(scope, &sign_up, sign_up.email_address.as_deref())?;
    let mut user = account(scope, &sign_up)?;
    accounts::create(scope, &user)?;
    if let Some(ticket_id) = &sign_up.ticket {
        invitations::use_up(scope, ticket_id, &user)?;
    }
    if let Some(email) = &sign_up.email_address {
        let waiting = scope
            .tx
            .find::<WaitlistEntry>("email", &email.to_lowercase())?;
        if let Some(mut entry) = waiting {
            "completed".clone_into(&mut entry.status);
            scope.tx.put(&entry)?;
        }
    }
    enrollment::offer(scope, &user)?;
    let strategy = sign_up
        .external
        .as_ref()
        .map(|external| external.strategy.clone());
    let how = Start {
        strategy: strategy.as_deref(),
        ..Start::default()
    };
    let session = sessions::start(scope, &mut user, &how)?;
    sign_up.created_user_id = Some(user.id);
    sign_up.created_session_id = Some(session.id);
    Ok(sign_up)
}

fn account(scope: &Scope<'_>, sign_up: &SignUp) -> Result<User, ClerkError> {
    let now = scope.now;
    let mut user = User {
        id: id::new("user"),
        external_id: sign_up.external_id.clone(),
        username: sign_up.username.clone(),
        first_name: sign_up.first_name.clone(),
        last_name: sign_up.last_name.clone(),
        password_hash: sign_up.password_hash.clone(),
        password_updated_at: sign_up.password_hash.as_ref().map(|_| now),
        locale: sign_up.locale.clone(),
        legal_accepted_at: sign_up.legal_accepted_at,
        unsafe_metadata: sign_up.unsafe_metadata.clone(),
        public_metadata: sign_up.public_metadata.clone(),
        created_at: now,
        updated_at: now,
        ..User::default()
    };
    if let Some(username) = &sign_up.username {
        accounts::checked_username(scope, username, None)?;
    }
    if let Some(email) = &sign_up.email_address {
        // Somebody else may have been quicker with this address.
        accounts::must_be_free(scope, "email_address", email)?;
        let address = EmailAddress {
            id: id::new("idn"),
            email_address: email.clone(),
            verification: sign_up.email_verification.clone(),
            created_at: now,
            updated_at: now,
            ..EmailAddress::default()
        };
        user.primary_email_address_id = Some(address.id.clone());
        user.email_addresses.push(address);
    }
    if let Some(external) = &sign_up.external {
        let account = external_accounts::connected(external, now);
        for address in &mut user.email_addresses {
            let link = (account.strategy.clone(), account.id.clone());
            address.linked_to.push(link);
        }
        user.external_accounts.push(account);
    }
    Ok(user)
}
