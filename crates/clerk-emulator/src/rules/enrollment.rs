//! People whose address belongs to an organization's domain are invited, or told of it
//! (<https://clerk.com/docs/guides/organizations/verified-domains>).

use crate::error::ClerkError;
use crate::id;
use crate::model::{Domain, Membership, MembershipRequest, Organization, User};
use crate::rules::organizations::{self, Invite};
use crate::scope::Scope;
use crate::store::{ALL, Page};

/// Offers a person what their addresses are good for.
pub fn offer(scope: &mut Scope<'_>, user: &User) -> Result<(), ClerkError> {
    for address in user.email_addresses.iter().filter(|it| it.is_verified()) {
        let folded = address.email_address.to_lowercase();
        let name = folded.rsplit('@').next().unwrap_or_default();
        for domain in scope.tx.list::<Domain>("verified", name, Page::WHOLE)? {
            one(scope, &domain, user, &folded)?;
        }
    }
    Ok(())
}

/// Offers a domain to everybody who has an address there.
pub fn offer_all(scope: &mut Scope<'_>, domain: &Domain) -> Result<(), ClerkError> {
    if domain.enrollment_mode == "manual_invitation" {
        return Ok(());
    }
    let end = format!("@{}", domain.name);
    for user in scope.tx.list::<User>(ALL.0, ALL.1, Page::OLDEST_FIRST)? {
        let address = user
            .email_addresses
            .iter()
            .find(|it| it.is_verified() && it.email_address.to_lowercase().ends_with(&end));
        if let Some(address) = address {
            let email = address.email_address.clone();
            one(scope, domain, &user, &email)?;
        }
    }
    Ok(())
}

fn one(scope: &mut Scope<'_>, domain: &Domain, user: &User, email: &str) -> Result<(), ClerkError> {
    let organization: Organization = scope.tx.need(&domain.organization_id)?;
    let pair = Membership::pair(&organization.id, &user.id);
    if scope.tx.find::<Membership>("pair", &pair)?.is_some() {
        return Ok(());
    }
    match domain.enrollment_mode.as_str() {
        "automatic_invitation" => {
            let role = scope.settings.organizations.default_role.clone();
            let asked = Invite {
                email,
                role: &role,
                ..Invite::default()
            };
            match organizations::invite(scope, &organization, &asked) {
                Err(error) if error.code() != "duplicate_record" => Err(error),
                _ => Ok(()),
            }
        }
        "automatic_suggestion" => {
            let known: Vec<MembershipRequest> = scope.tx.list("user", &user.id, Page::WHOLE)?;
            if known.iter().any(|it| it.organization_id == organization.id) {
                return Ok(());
            }
            scope.tx.put(&MembershipRequest {
                id: id::new("orgsug"),
                organization_id: organization.id,
                user_id: user.id.clone(),
                created_at: scope.now,
                updated_at: scope.now,
                ..MembershipRequest::default()
            })
        }
        _ => Ok(()),
    }
}
