//! `/v1/redirect_urls`, `/v1/allowlist_identifiers`, `/v1/blocklist_identifiers`

use serde_json::{Value, json};

use crate::delivery::mail;
use crate::error::ClerkError;
use crate::model::{AllowedIdentifier, BlockedIdentifier, RedirectUrl};
use crate::scope::{Answer, INSTANCE_ID, Reply, Scope};
use crate::store::{ALL, Page};
use crate::{id, view};

use super::{listed, paginated};

fn redirect_url(it: &RedirectUrl) -> Value {
    json!({
        "object": "redirect_url",
        "id": it.id,
        "url": it.url,
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    })
}

/// `GET /v1/redirect_urls`
pub fn redirect_urls(scope: &mut Scope<'_>) -> Answer {
    let all: Vec<RedirectUrl> = scope.tx.list(ALL.0, ALL.1, Page::WHOLE)?;
    listed(scope, &all, |it| Ok(redirect_url(it)))
}

/// `POST /v1/redirect_urls`
pub fn create_redirect_url(scope: &mut Scope<'_>) -> Answer {
    let url = scope.call.required("url")?;
    if !url.contains("://") {
        return Err(ClerkError::invalid("url", "This is not a valid URL."));
    }
    let it = RedirectUrl {
        id: id::new("ru"),
        url: url.to_owned(),
        created_at: scope.now,
        updated_at: scope.now,
    };
    scope.tx.put(&it)?;
    Ok(Reply::Plain(redirect_url(&it)))
}

/// `GET /v1/redirect_urls/{id}`
pub fn show_redirect_url(scope: &mut Scope<'_>) -> Answer {
    let it: RedirectUrl = scope.tx.need(scope.call.path("id"))?;
    Ok(Reply::Plain(redirect_url(&it)))
}

/// `DELETE /v1/redirect_urls/{id}`
pub fn remove_redirect_url(scope: &mut Scope<'_>) -> Answer {
    let it: RedirectUrl = scope.tx.need(scope.call.path("id"))?;
    scope.tx.delete::<RedirectUrl>(&it.id)?;
    Ok(Reply::Plain(view::deleted("redirect_url", &it.id)))
}

fn identifier(object: &str, id: &str, identifier: &str, at: (i64, i64)) -> Value {
    json!({
        "object": object,
        "id": id,
        "identifier": identifier,
        "identifier_type": "email_address",
        "instance_id": INSTANCE_ID,
        "created_at": at.0,
        "updated_at": at.1,
    })
}

fn shown_allowed(it: &AllowedIdentifier) -> Value {
    let at = (it.created_at, it.updated_at);
    identifier("allowlist_identifier", &it.id, &it.identifier, at)
}

fn shown_blocked(it: &BlockedIdentifier) -> Value {
    let at = (it.created_at, it.updated_at);
    identifier("blocklist_identifier", &it.id, &it.identifier, at)
}

/// An address, or `*@domain`.
fn checked(scope: &Scope<'_>) -> Result<String, ClerkError> {
    let text = scope.call.required("identifier")?.trim();
    if text.contains('@') {
        return Ok(text.to_owned());
    }
    Err(ClerkError::invalid(
        "identifier",
        "Enter an email address such as ada@example.com, or a domain as *@example.com.",
    ))
}

/// `GET /v1/allowlist_identifiers`
pub fn allowed(scope: &mut Scope<'_>) -> Answer {
    let all: Vec<AllowedIdentifier> = scope.tx.list(ALL.0, ALL.1, Page::WHOLE)?;
    listed(scope, &all, |it| Ok(shown_allowed(it)))
}

/// `POST /v1/allowlist_identifiers`
pub fn allow(scope: &mut Scope<'_>) -> Answer {
    let identifier = checked(scope)?;
    let folded = identifier.to_lowercase();
    if scope
        .tx
        .find::<AllowedIdentifier>("identifier", &folded)?
        .is_some()
    {
        return Err(ClerkError::bad(
            "duplicate_record",
            "This identifier is already on the list.",
        ));
    }
    let it = AllowedIdentifier {
        id: id::new("alid"),
        identifier,
        invitation_id: None,
        created_at: scope.now,
        updated_at: scope.now,
    };
    scope.tx.put(&it)?;
    if scope.call.flag("notify") == Some(true) && !it.identifier.starts_with('*') {
        let subject = format!(
            "You have been granted access to {}",
            scope.settings.application_name
        );
        let text = "You can now create your account.";
        mail::send(
            scope,
            mail::notice(&it.identifier, "allowlist", &subject, text),
        )?;
    }
    Ok(Reply::Plain(shown_allowed(&it)))
}

/// `DELETE /v1/allowlist_identifiers/{id}`
pub fn disallow(scope: &mut Scope<'_>) -> Answer {
    let it: AllowedIdentifier = scope.tx.need(scope.call.path("id"))?;
    scope.tx.delete::<AllowedIdentifier>(&it.id)?;
    Ok(Reply::Plain(view::deleted("allowlist_identifier", &it.id)))
}

/// `GET /v1/blocklist_identifiers`
pub fn blocked(scope: &mut Scope<'_>) -> Answer {
    let all: Vec<BlockedIdentifier> = scope.tx.list(ALL.0, ALL.1, Page::WHOLE)?;
    paginated(scope, &all, |it| Ok(shown_blocked(it)))
}

/// `POST /v1/blocklist_identifiers`
pub fn block(scope: &mut Scope<'_>) -> Answer {
    let identifier = checked(scope)?;
    let it = BlockedIdentifier {
        id: id::new("blid"),
        identifier,
        created_at: scope.now,
        updated_at: scope.now,
    };
    scope.tx.put(&it)?;
    Ok(Reply::Plain(shown_blocked(&it)))
}

/// `DELETE /v1/blocklist_identifiers/{id}`
pub fn unblock(scope: &mut Scope<'_>) -> Answer {
    let it: BlockedIdentifier = scope.tx.need(scope.call.path("id"))?;
    scope.tx.delete::<BlockedIdentifier>(&it.id)?;
    Ok(Reply::Plain(view::deleted("blocklist_identifier", &it.id)))
}
