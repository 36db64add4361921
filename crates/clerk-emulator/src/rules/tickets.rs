//! Secrets in links: invitations, sign-in tokens, proofs by link. They are kept as digests.

use crate::error::ClerkError;
use crate::id;
use crate::model::{Ticket, TicketStatus, Verification};
use crate::scope::Scope;

/// How many links in e-mails are kept.
const LINKS_MAX: usize = 1000;

/// Makes a secret that opens a record; answers the secret.
pub fn create(
    scope: &Scope<'_>,
    kind: &str,
    of: &str,
    redirect_url: Option<&str>,
) -> Result<String, ClerkError> {
    let secret = id::secret("tkt");
    keep(scope, &secret, kind, of, redirect_url)?;
    Ok(secret)
}

fn keep(
    scope: &Scope<'_>,
    secret: &str,
    kind: &str,
    of: &str,
    redirect_url: Option<&str>,
) -> Result<(), ClerkError> {
    let page = redirect_url
        .map(|url| scope.landing("redirect_url", url))
        .transpose()?;
    scope.tx.put(&Ticket {
        id: id::digest(secret),
        kind: kind.to_owned(),
        of: of.to_owned(),
        redirect_url: page.map(|it| it.as_str().to_owned()),
        created_at: scope.now,
    })
}

/// The address of the page that takes a ticket.
pub fn url(scope: &Scope<'_>, secret: &str) -> String {
    format!("{}/v1/tickets/accept?ticket={secret}", scope.emulator.url())
}

/// The address in an e-mail that proves by being opened; `of` says what it proves.
pub fn email_link(scope: &Scope<'_>, link: &Verification, of: &str) -> Result<String, ClerkError> {
    let secret = link.token.as_deref().unwrap_or_default();
    keep(
        scope,
        secret,
        "email_link",
        of,
        link.redirect_url.as_deref(),
    )?;
    scope
        .tx
        .keep_newest::<Ticket>("kind", "email_link", LINKS_MAX)?;
    Ok(format!("{}/v1/verify?token={secret}", scope.emulator.url()))
}

/// The ticket of this secret.
pub fn find(scope: &Scope<'_>, secret: &str) -> Result<Ticket, ClerkError> {
    scope.tx.get(&id::digest(secret))?.ok_or_else(invalid)
}

/// The ticket cannot be used, or not any more.
pub fn invalid() -> ClerkError {
    ClerkError::at(
        "ticket",
        "ticket_invalid_code",
        "This link is invalid or has already been used. Request a new one.",
    )
}

/// Refuses a token that was used, revoked or is too old.
pub fn check(scope: &Scope<'_>, status: TicketStatus, expires_at: i64) -> Result<(), ClerkError> {
    if status != TicketStatus::Pending {
        return Err(invalid());
    }
    if scope.now >= expires_at {
        return Err(ClerkError::at(
            "ticket",
            "ticket_expired_code",
            "This link has expired. Request a new one.",
        ));
    }
    Ok(())
}
