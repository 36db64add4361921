//! Secrets in links: invitations, sign-in tokens, proofs by link. They are kept as digests.

use crate::error::ClerkError;
use crate::id;
use crate::model::{
    Invitation, InvitationStatus, Organization, OrganizationInvitation, Ticket, TicketStatus, User,
    Verification,
};
use crate::rules::organizations;
use crate::scope::Scope;

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
    scope.tx.put(&Ticket {
        id: id::digest(secret),
        kind: kind.to_owned(),
        of: of.to_owned(),
        redirect_url: redirect_url.map(str::to_owned),
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
        "This link is not valid, or was used already. Ask for a new one.",
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
            "This link has expired. Ask for a new one.",
        ));
    }
    Ok(())
}

fn organization_invitation(
    scope: &Scope<'_>,
    ticket: &Ticket,
) -> Result<OrganizationInvitation, ClerkError> {
    let invitation: OrganizationInvitation = scope.tx.need(&ticket.of)?;
    if invitation.status_at(scope.now) == InvitationStatus::Pending {
        Ok(invitation)
    } else {
        Err(invalid())
    }
}

/// The address that an organization's invitation is for.
pub fn invited_email(scope: &Scope<'_>, ticket: &Ticket) -> Result<String, ClerkError> {
    Ok(organization_invitation(scope, ticket)?.email_address)
}

/// The account that the invited address has.
pub fn invited_user(scope: &Scope<'_>, ticket: &Ticket) -> Result<String, ClerkError> {
    let email = invited_email(scope, ticket)?.to_lowercase();
    let user = scope.tx.find::<User>("email", &email)?;
    user.map(|user| user.id).ok_or_else(invalid)
}

/// Makes the person of an organization's invitation a member.
pub fn join(scope: &mut Scope<'_>, ticket: &Ticket, user: &User) -> Result<(), ClerkError> {
    let invitation = organization_invitation(scope, ticket)?;
    organizations::accept(scope, invitation, user)?;
    Ok(())
}

/// A sign-up that was begun with a ticket is complete.
pub fn use_up(scope: &mut Scope<'_>, ticket_id: &str, user: &User) -> Result<(), ClerkError> {
    let ticket: Ticket = scope.tx.need(ticket_id)?;
    match ticket.kind.as_str() {
        "invitation" => {
            let mut invitation: Invitation = scope.tx.need(&ticket.of)?;
            invitation.status = InvitationStatus::Accepted;
            invitation.updated_at = scope.now;
            scope.tx.put(&invitation)
        }
        "organization_invitation" => join(scope, &ticket, user),
        _ => Ok(()),
    }
}

/// Where an invitation leads after it was accepted, and whether that is to sign in or up.
pub fn destination(scope: &Scope<'_>, ticket: &Ticket) -> Result<&'static str, ClerkError> {
    Ok(match ticket.kind.as_str() {
        "organization_invitation" => {
            let invitation: OrganizationInvitation = scope.tx.need(&ticket.of)?;
            let _: Organization = scope.tx.need(&invitation.organization_id)?;
            let email = invitation.email_address.to_lowercase();
            if scope.tx.find::<User>("email", &email)?.is_some() {
                "sign_in"
            } else {
                "sign_up"
            }
        }
        "invitation" => "sign_up",
        _ => "sign_in",
    })
}
