//! Where webhooks are delivered, and what became of them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use standardwebhooks::Webhook;

use crate::error::ClerkError;
use crate::id;
use crate::model::{Delivery, DeliveryStatus, Event, WebhookEndpoint};
use crate::scope::{Answer, Reply, Scope};
use crate::store::{ALL, Page};

fn shown_endpoint(it: &WebhookEndpoint) -> Value {
    json!({
        "id": it.id,
        "url": it.url,
        "secret": it.secret,
        "events": it.events,
        "disabled": it.disabled,
        "created_at": it.created_at,
    })
}

/// `GET /emulator/webhooks`
pub fn endpoints(scope: &mut Scope<'_>) -> Answer {
    let all: Vec<WebhookEndpoint> = scope.tx.list(ALL.0, ALL.1, Page::OLDEST_FIRST)?;
    Ok(Reply::Plain(all.iter().map(shown_endpoint).collect()))
}

/// `POST /emulator/webhooks`
pub fn create_endpoint(scope: &mut Scope<'_>) -> Answer {
    let url = scope.call.required("url")?;
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(ClerkError::invalid("url", "This is not a valid URL."));
    }
    let random = || STANDARD.encode(id::hex());
    let secret = scope
        .call
        .param("secret")
        .map_or_else(|| format!("whsec_{}", random()), str::to_owned);
    if !secret.starts_with("whsec_") || Webhook::new(&secret).is_err() {
        return Err(ClerkError::invalid(
            "secret",
            "A signing secret must be whsec_ followed by base64.",
        ));
    }
    let it = WebhookEndpoint {
        id: id::new("ep"),
        url: url.to_owned(),
        secret,
        events: scope.call.texts("events"),
        disabled: scope.call.flag("disabled") == Some(true),
        created_at: scope.now,
    };
    scope.tx.put(&it)?;
    Ok(Reply::Plain(shown_endpoint(&it)))
}

/// `DELETE /emulator/webhooks/{id}`
pub fn delete_endpoint(scope: &mut Scope<'_>) -> Answer {
    let it: WebhookEndpoint = scope.tx.need(scope.call.path("id"))?;
    scope.tx.delete::<WebhookEndpoint>(&it.id)?;
    Ok(Reply::Nothing)
}

/// `GET /emulator/deliveries`: the newest, with their events and attempts.
pub fn deliveries(scope: &mut Scope<'_>) -> Answer {
    let page = scope.call.page();
    let mut shown = Vec::new();
    for it in scope.tx.list::<Delivery>(ALL.0, ALL.1, page)? {
        let event = scope.tx.get::<Event>(&it.event_id)?.unwrap_or_default();
        let endpoint = scope.tx.get::<WebhookEndpoint>(&it.endpoint_id)?;
        let attempts = it
            .attempts
            .iter()
            .map(|(at, outcome)| json!({ "at": at, "outcome": outcome }));
        shown.push(json!({
            "id": it.id,
            "event_id": it.event_id,
            "type": event.r#type,
            "url": endpoint.map(|it| it.url),
            "status": it.status,
            "attempts": attempts.collect::<Vec<_>>(),
            "next_at": (it.status == DeliveryStatus::Pending).then_some(it.next_at),
            "body": event.body,
            "created_at": it.created_at,
        }));
    }
    Ok(Reply::Plain(shown.into()))
}

/// `POST /emulator/deliveries/{id}/resend`
pub fn resend(scope: &mut Scope<'_>) -> Answer {
    let mut it: Delivery = scope.tx.need(scope.call.path("id"))?;
    it.status = DeliveryStatus::Pending;
    it.next_at = scope.now;
    scope.tx.put(&it)?;
    Ok(Reply::Nothing)
}
