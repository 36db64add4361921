//! `/v1/users`: people, one file for what is asked of them.

pub mod list;
pub mod proofs;
pub mod standing;
pub mod write;

use serde_json::{Value, json};

use crate::error::ClerkError;
use crate::model::{Image, Membership, User};
use crate::rules::invitations as invites;
use crate::rules::{accounts, images, metadata, organizations, people};
use crate::scope::{Answer, Reply, Scope};
use crate::store::Page;
use crate::view::{self, Audience};

use super::paginated;

fn shown(scope: &Scope<'_>, user: &User) -> Result<Value, ClerkError> {
    view::user(scope, user, Audience::Backend)
}

fn answer(scope: &Scope<'_>, user: &User) -> Answer {
    Ok(Reply::Plain(shown(scope, user)?))
}

fn find(scope: &Scope<'_>) -> Result<User, ClerkError> {
    scope.tx.need(scope.call.path("id"))
}

/// Keeps a person and answers them.
fn save(scope: &mut Scope<'_>, mut user: User) -> Answer {
    accounts::save(scope, &mut user)?;
    answer(scope, &user)
}

/// `GET …/{id}`
pub fn show(scope: &mut Scope<'_>) -> Answer {
    let user = find(scope)?;
    answer(scope, &user)
}

/// `DELETE …/{id}`
pub fn remove(scope: &mut Scope<'_>) -> Answer {
    let user = find(scope)?;
    people::delete(scope, &user)?;
    let mut shown = view::deleted("user", &user.id);
    if let Some(external_id) = user.external_id {
        shown["external_id"] = external_id.into();
    }
    Ok(Reply::Plain(shown))
}

fn change_metadata(scope: &mut Scope<'_>, merge: bool) -> Answer {
    let mut user = find(scope)?;
    for (name, field) in [
        ("public_metadata", &mut user.public_metadata),
        ("private_metadata", &mut user.private_metadata),
        ("unsafe_metadata", &mut user.unsafe_metadata),
    ] {
        if let Some(value) = scope.call.json(name) {
            *field = if merge {
                metadata::merged(name, field, &value)?
            } else {
                metadata::checked(name, &value)?
            };
        }
    }
    save(scope, user)
}

/// `PATCH …/{id}/metadata`
pub fn merge_metadata(scope: &mut Scope<'_>) -> Answer {
    change_metadata(scope, true)
}

/// `PUT …/{id}/metadata`
pub fn replace_metadata(scope: &mut Scope<'_>) -> Answer {
    change_metadata(scope, false)
}

/// `POST …/{id}/profile_image`
pub fn set_image(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    user.image_id = Some(images::upload(scope, user.image_id.as_deref())?.id);
    save(scope, user)
}

/// `DELETE …/{id}/profile_image`
pub fn remove_image(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    if let Some(id) = user.image_id.take() {
        scope.tx.delete::<Image>(&id)?;
    }
    save(scope, user)
}

/// `GET …/{id}/oauth_access_tokens/{provider}`: what a provider would have given.
pub fn oauth_tokens(scope: &mut Scope<'_>) -> Answer {
    let user = find(scope)?;
    let asked = scope.call.path("provider");
    let strategy = if asked.starts_with("oauth_") {
        asked.to_owned()
    } else {
        format!("oauth_{asked}")
    };
    let accounts: Vec<_> = user
        .external_accounts
        .iter()
        .filter(|it| it.strategy == strategy && it.is_verified() && !it.tokens_revoked)
        .collect();
    super::listed(scope, &accounts, |it| {
        Ok(json!({
            "object": "oauth_access_token",
            "external_account_id": it.id,
            "provider_user_id": it.provider_user_id,
            "token": format!("emulated_{}", it.provider_user_id),
            "expires_at": null,
            "provider": it.strategy,
            "public_metadata": {},
            "label": null,
            "scopes": ["email", "profile"],
        }))
    })
}

/// `GET …/{id}/organization_memberships`
pub fn memberships(scope: &mut Scope<'_>) -> Answer {
    let user = find(scope)?;
    let all: Vec<Membership> = scope.tx.list("user", &user.id, Page::WHOLE)?;
    paginated(scope, &all, |it| {
        let shown = view::membership(scope, it, Some(&user), Audience::Backend)?;
        Ok(shown.unwrap_or(Value::Null))
    })
}

/// `GET …/{id}/organization_invitations`
pub fn invitations(scope: &mut Scope<'_>) -> Answer {
    let user = find(scope)?;
    let wanted = scope.call.query_all("status");
    let mut all = invites::of(scope, &user)?;
    all.retain(|it| it.status_at(scope.now).is_among(&wanted));
    paginated(scope, &all, |it| {
        let organization = organizations::find(scope, &it.organization_id)?;
        let mut shown = view::organization_invitation(scope, it, Audience::Backend)?;
        shown["public_organization_data"] = view::public_organization(scope, &organization);
        Ok(shown)
    })
}
