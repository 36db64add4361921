//! Who may make an account: one gate for every way in
//! (<https://clerk.com/docs/guides/secure/restricting-access>).

use axum::http::StatusCode;

use crate::error::ClerkError;
use crate::model::{AllowedIdentifier, BlockedIdentifier, SignUp};
use crate::scope::Scope;
use crate::settings::SignUpMode;

use super::invitations;

/// Lets an address in, by whatever way it comes: an invitation is for its own address only; without
/// one, sign-up must be open, and the instance's lists must allow the address.
///
/// # Errors
/// 422 at the address or the ticket; 403 where an invitation is needed.
pub fn admit(scope: &Scope<'_>, sign_up: &SignUp, email: Option<&str>) -> Result<(), ClerkError> {
    let Some(ticket_id) = &sign_up.ticket else {
        must_be_open(scope.settings.sign_up_mode)?;
        return email.map_or(Ok(()), |email| may_be_used(scope, email));
    };
    let invited = invitations::open_email(scope, &scope.tx.need(ticket_id)?)?;
    if email.is_some_and(|it| !it.eq_ignore_ascii_case(&invited)) {
        return Err(ClerkError::invalid(
            "email_address",
            "The invitation is for a different email address.",
        ));
    }
    Ok(())
}

fn must_be_open(mode: SignUpMode) -> Result<(), ClerkError> {
    let code = match mode {
        SignUpMode::Public => return Ok(()),
        SignUpMode::Waitlist => "sign_up_restricted_waitlist",
        SignUpMode::Restricted => "sign_up_mode_restricted",
    };
    Err(ClerkError::new(
        StatusCode::FORBIDDEN,
        code,
        "Access to this app is limited, and an invitation is needed in order to sign up.",
    ))
}

/// What the instance's lists say of an address.
fn may_be_used(scope: &Scope<'_>, email: &str) -> Result<(), ClerkError> {
    let folded = email.to_lowercase();
    let domain = folded.rsplit('@').next().unwrap_or_default();
    let listed = [folded.clone(), format!("*@{domain}")];
    let refused = || {
        ClerkError::at(
            "email_address",
            "not_allowed_access",
            "Access not allowed for this email address.",
        )
    };
    if scope.settings.allowlist {
        let mut allowed = false;
        for entry in &listed {
            allowed |= scope
                .tx
                .find::<AllowedIdentifier>("identifier", entry)?
                .is_some();
        }
        if !allowed {
            return Err(refused());
        }
    }
    if scope.settings.blocklist {
        for entry in &listed {
            if scope
                .tx
                .find::<BlockedIdentifier>("identifier", entry)?
                .is_some()
            {
                return Err(refused());
            }
        }
    }
    if scope.settings.block_email_subaddresses && folded.contains('+') {
        return Err(ClerkError::at(
            "email_address",
            "form_email_address_blocked",
            "Email addresses with + are not allowed.",
        ));
    }
    Ok(())
}
