//! Invitations to make an account, and what the tickets of invitations open.

use crate::delivery::mail;
use crate::error::ClerkError;
use crate::id;
use crate::model::{
    Invitation, InvitationStatus, Organization, OrganizationInvitation, Ticket, User,
};
use crate::scope::Scope;
use crate::store::Page;

use super::organizations::{self, INVITATION_LIFETIME};
use super::{accounts, metadata, tickets};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Asks an address to make an account.
pub fn invite(
    scope: &mut Scope<'_>,
    email: &str,
    ignore_existing: bool,
) -> Result<Invitation, ClerkError> {
    let email = accounts::checked_email(email)?;
    let folded = email.to_lowercase();
    if !ignore_existing {
        if scope.tx.find::<User>("email", &folded)?.is_some() {
            return Err(ClerkError::at(
                "email_address",
                "form_identifier_exists",
                "That email address already has an account.",
            ));
        }
        let known: Vec<Invitation> = scope.tx.list("email", &folded, Page::WHOLE)?;
        if known
            .iter()
            .any(|it| it.status_at(scope.now) == InvitationStatus::Pending)
        {
            return Err(ClerkError::bad(
                "duplicate_record",
                format!("There is already a pending invitation for {email}."),
            ));
        }
    }
    let call = scope.call;
    let lifetime = call.duration("expires_in_days", DAY)?;
    let mut it = Invitation {
        id: id::new("inv"),
        email_address: email,
        public_metadata: match call.json("public_metadata") {
            Some(value) => metadata::checked("public_metadata", &value)?,
            None => serde_json::Map::new(),
        },
        status: InvitationStatus::Pending,
        url: None,
        expires_at: Some(scope.now + lifetime.unwrap_or(INVITATION_LIFETIME)),
        created_at: scope.now,
        updated_at: scope.now,
    };
    let secret = tickets::create(scope, "invitation", &it.id, call.param("redirect_url"))?;
    let link = tickets::url(scope, &secret);
    it.url = Some(link.clone());
    scope.tx.put(&it)?;
    if call.flag("notify") != Some(false) {
        let application = scope.settings.application_name.clone();
        mail::send(
            scope,
            mail::invitation(&application, &it.email_address, &link),
        )?;
    }
    Ok(it)
}

/// The organizations' invitations of a person, by their proven addresses.
pub fn of(scope: &Scope<'_>, user: &User) -> Result<Vec<OrganizationInvitation>, ClerkError> {
    let mut all = Vec::new();
    for address in user.email_addresses.iter().filter(|it| it.is_verified()) {
        let email = address.email_address.to_lowercase();
        all.extend(
            scope
                .tx
                .list::<OrganizationInvitation>("email", &email, Page::WHOLE)?,
        );
    }
    Ok(all)
}

fn organization_invitation(
    scope: &Scope<'_>,
    ticket: &Ticket,
) -> Result<OrganizationInvitation, ClerkError> {
    let invitation: OrganizationInvitation = scope.tx.need(&ticket.of)?;
    if invitation.status_at(scope.now) == InvitationStatus::Pending {
        Ok(invitation)
    } else {
        Err(tickets::invalid())
    }
}

fn invitation(scope: &Scope<'_>, ticket: &Ticket) -> Result<Invitation, ClerkError> {
    let invitation: Invitation = scope.tx.need(&ticket.of)?;
    if invitation.status_at(scope.now) == InvitationStatus::Pending {
        Ok(invitation)
    } else {
        Err(tickets::invalid())
    }
}

/// The address that an invitation is for, while it may be accepted.
///
/// # Errors
/// 422: it was accepted or revoked, has expired, or the ticket is no invitation's.
pub fn open_email(scope: &Scope<'_>, ticket: &Ticket) -> Result<String, ClerkError> {
    match ticket.kind.as_str() {
        "invitation" => Ok(invitation(scope, ticket)?.email_address),
        "organization_invitation" => Ok(organization_invitation(scope, ticket)?.email_address),
        _ => Err(tickets::invalid()),
    }
}

/// The account that the invited address has.
pub fn invited_user(scope: &Scope<'_>, ticket: &Ticket) -> Result<String, ClerkError> {
    let email = open_email(scope, ticket)?.to_lowercase();
    let user = scope.tx.find::<User>("email", &email)?;
    user.map(|user| user.id).ok_or_else(tickets::invalid)
}

/// Makes the person of an organization's invitation a member.
fn join(scope: &mut Scope<'_>, ticket: &Ticket, user: &User) -> Result<(), ClerkError> {
    let invitation = organization_invitation(scope, ticket)?;
    organizations::accept(scope, invitation, user)?;
    Ok(())
}

/// A sign-up or sign-in that was begun with an invitation's ticket is complete.
///
/// # Errors
/// 422: the invitation was accepted, revoked or has expired meanwhile.
pub fn use_up(scope: &mut Scope<'_>, ticket_id: &str, user: &User) -> Result<(), ClerkError> {
    let ticket: Ticket = scope.tx.need(ticket_id)?;
    match ticket.kind.as_str() {
        "invitation" => {
            let mut invitation = invitation(scope, &ticket)?;
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
