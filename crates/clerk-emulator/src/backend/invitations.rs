//! `/v1/invitations`

use serde_json::{Value, json};

use crate::delivery::mail;
use crate::error::ClerkError;
use crate::frontend::organizations::is_wanted;
use crate::id;
use crate::model::{Invitation, InvitationStatus, User};
use crate::rules::organizations::INVITATION_LIFETIME;
use crate::rules::{accounts, metadata, tickets};
use crate::scope::{Answer, Reply, Scope};
use crate::store::{ALL, Page};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// An invitation as servers see it.
pub fn shown(scope: &Scope<'_>, it: &Invitation) -> Value {
    let status = status(scope, it);
    let mut shown = json!({
        "object": "invitation",
        "id": it.id,
        "email_address": it.email_address,
        "public_metadata": it.public_metadata,
        "revoked": it.status == InvitationStatus::Revoked,
        "status": status,
        "expires_at": it.expires_at,
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    });
    if let Some(url) = it
        .url
        .as_ref()
        .filter(|_| status == InvitationStatus::Pending)
    {
        shown["url"] = json!(url);
    }
    shown
}

fn status(scope: &Scope<'_>, it: &Invitation) -> InvitationStatus {
    let expired = it.expires_at.is_some_and(|at| scope.now >= at);
    if it.status == InvitationStatus::Pending && expired {
        return InvitationStatus::Expired;
    }
    it.status
}

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
                "That email address has an account already.",
            ));
        }
        let known: Vec<Invitation> = scope.tx.list("email", &folded, Page::WHOLE)?;
        if known
            .iter()
            .any(|it| status(scope, it) == InvitationStatus::Pending)
        {
            return Err(ClerkError::bad(
                "duplicate_record",
                format!("There is already a pending invitation for {email}."),
            ));
        }
    }
    let call = scope.call;
    let lifetime = call
        .number("expires_in_days")
        .map_or(INVITATION_LIFETIME, |days| days * DAY);
    let mut it = Invitation {
        id: id::new("inv"),
        email_address: email,
        public_metadata: match call.json("public_metadata") {
            Some(value) => metadata::checked("public_metadata", &value)?,
            None => serde_json::Map::new(),
        },
        status: InvitationStatus::Pending,
        url: None,
        expires_at: Some(scope.now + lifetime),
        created_at: scope.now,
        updated_at: scope.now,
    };
    let secret = tickets::create(scope, "invitation", &it.id, call.param("redirect_url"))?;
    let link = tickets::url(scope, &secret);
    it.url = Some(link.clone());
    scope.tx.put(&it)?;
    if call.flag("notify") != Some(false) {
        let application = scope.settings.application_name.clone();
        scope.mail(mail::invitation(&application, &it.email_address, &link))?;
    }
    Ok(it)
}

/// `POST …`
pub fn create(scope: &mut Scope<'_>) -> Answer {
    let ignore = scope.call.flag("ignore_existing") == Some(true);
    let it = invite(scope, scope.call.required("email_address")?, ignore)?;
    Ok(Reply::Plain(shown(scope, &it)))
}

/// `POST …/bulk`: all or none.
pub fn create_all(scope: &mut Scope<'_>) -> Answer {
    let mut all = Vec::new();
    for entry in scope.call.list() {
        let Value::Object(body) = entry else {
            return Err(ClerkError::bad(
                "request_body_invalid",
                "Every entry must be an object.",
            ));
        };
        let call = scope.call.with_body(body);
        let mut one = Scope::new(scope.emulator, scope.tx, &call, scope.proofs)?;
        let ignore = call.flag("ignore_existing") == Some(true);
        let it = invite(&mut one, call.required("email_address")?, ignore)?;
        all.push(shown(&one, &it));
        scope.mails.append(&mut one.mails);
    }
    Ok(Reply::Plain(all.into()))
}

/// `GET …`
pub fn list(scope: &mut Scope<'_>) -> Answer {
    let wanted = scope.call.query_all("status");
    let query = scope.call.query("query").unwrap_or_default().to_lowercase();
    let mut all: Vec<Invitation> = scope.tx.list(ALL.0, ALL.1, Page::WHOLE)?;
    all.retain(|it| is_wanted(&wanted, status(scope, it)));
    all.retain(|it| it.email_address.to_lowercase().contains(&query) || it.id == query);
    super::listed(scope, &all, |it| Ok(shown(scope, it)))
}

/// `POST …/{id}/revoke`
pub fn revoke(scope: &mut Scope<'_>) -> Answer {
    let mut it: Invitation = scope.tx.need(scope.call.path("id"))?;
    match it.status {
        InvitationStatus::Pending => {}
        InvitationStatus::Revoked => {
            return Err(ClerkError::bad(
                "invitation_already_revoked",
                "It is revoked already.",
            ));
        }
        _ => {
            return Err(ClerkError::bad(
                "invitation_already_accepted",
                "It was accepted already.",
            ));
        }
    }
    it.status = InvitationStatus::Revoked;
    it.updated_at = scope.now;
    scope.tx.put(&it)?;
    Ok(Reply::Plain(shown(scope, &it)))
}
