//! `POST /api/webhooks/clerk`: what Clerk tells of people, signed by Svix.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use serde::Deserialize;
use shared::{nearest_name, validate_clerk_id, validate_email};
use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP};

use super::body::Body;
use crate::App;
use crate::error::ApiError;
use crate::users::{ClerkEvent, ClerkProfile, Outcome};

/// The largest event, in bytes: a person with all their metadata and accounts.
const BODY_MAX: usize = 256 * 1024;
/// The longest `svix-id`, in bytes.
const ID_MAX: usize = 256;

/// How far a delivery's time may be off, in seconds.
const TOLERANCE: u64 = 5 * 60;

/// Svix's names for the headers of the scheme (<https://docs.svix.com/receiving/verifying-payloads/how-manual>).
const HEADERS: [(&str, &str); 3] = [
    ("svix-id", HEADER_WEBHOOK_ID),
    ("svix-timestamp", HEADER_WEBHOOK_TIMESTAMP),
    ("svix-signature", HEADER_WEBHOOK_SIGNATURE),
];

/// Takes an event of Clerk's, signed by Svix.
///
/// `user.created`, `user.updated` and `user.deleted` are brought into rows, each delivery once;
/// other events are ignored. An event older than what the row holds does not overwrite it, and
/// a deleted person never comes back.
#[utoipa::path(
    post,
    path = "/webhooks/clerk",
    tag = "webhooks",
    params(
        ("svix-id" = String, Header, description = "The delivery's id"),
        ("svix-timestamp" = String, Header, description = "Seconds since the Unix epoch, at most 5 minutes off"),
        ("svix-signature" = String, Header, description = "`v1,` and HMAC-SHA-256 of id, timestamp and body, in base64"),
    ),
    request_body(content = Object, content_type = "application/json", description = "The event as Clerk sends it"),
    responses(
        (status = 204, description = "Taken, or ignored"),
        (status = 400, response = super::openapi::BadRequest),
        (status = 408, response = super::openapi::RequestTimeout),
        (status = 413, response = super::openapi::PayloadTooLarge),
        (status = 429, response = super::openapi::TooManyRequests),
        (status = 503, response = super::openapi::Unavailable),
    )
)]
pub async fn clerk(State(app): State<App>, request: Request) -> Result<StatusCode, ApiError> {
    let result = take(&app, request).await;
    app.metrics.webhook(match &result {
        Ok(Some(Outcome::Applied)) => "applied",
        Ok(Some(Outcome::Unchanged)) => "unchanged",
        Ok(Some(Outcome::Duplicate)) => "duplicate",
        Ok(None) => "ignored",
        Err(ApiError::WebhookRefused(_)) => "refused",
        Err(_) => "failed",
    });
    result.map(|_| StatusCode::NO_CONTENT)
}

/// Whatever can be refused without the body is refused before it is read.
async fn take(app: &App, request: Request) -> Result<Option<Outcome>, ApiError> {
    let webhook = app.webhook.as_ref().ok_or(ApiError::WebhooksOff)?;
    let delivery = Delivery::announced(request.headers())?;
    let Body(body) = Body::<BODY_MAX>::from_request(request, app).await?;
    webhook
        .verify(&body, &delivery.headers)
        .map_err(|_| ApiError::WebhookRefused("signature or time"))?;
    match event(&body)? {
        Some(event) => app.users.apply(delivery.id, event).await.map(Some),
        None => Ok(None),
    }
}

/// What the headers of a delivery say: nothing of it is proved yet.
struct Delivery {
    id: String,
    /// By the names of the standard.
    headers: HeaderMap,
}

impl Delivery {
    fn announced(headers: &HeaderMap) -> Result<Self, ApiError> {
        let mut renamed = HeaderMap::new();
        for (svix, standard) in HEADERS {
            let mut values = headers.get_all(svix).iter();
            match (values.next(), values.next()) {
                (Some(value), None) => {
                    renamed.insert(HeaderName::from_static(standard), value.clone())
                }
                _ => {
                    return Err(ApiError::WebhookRefused(
                        "a header is missing or stands twice",
                    ));
                }
            };
        }
        let text = |name: &str| {
            let value = renamed.get(name).and_then(|value| value.to_str().ok());
            value.ok_or(ApiError::WebhookRefused("a header is no text"))
        };
        let id = text(HEADER_WEBHOOK_ID)?.to_owned();
        if id.is_empty() || id.len() > ID_MAX {
            return Err(ApiError::WebhookRefused("svix-id is empty or too long"));
        }
        let timestamp = text(HEADER_WEBHOOK_TIMESTAMP)?;
        // What the library reckons with must not overflow.
        if timestamp.len() > 12 || !timestamp.bytes().all(|b| b.is_ascii_digit()) {
            return Err(ApiError::WebhookRefused("svix-timestamp is no time"));
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.unwrap_or_default().as_secs();
        if timestamp
            .parse::<u64>()
            .is_ok_and(|timestamp| timestamp.abs_diff(now) > TOLERANCE)
        {
            return Err(ApiError::WebhookRefused("svix-timestamp is not now"));
        }
        Ok(Self {
            id,
            headers: renamed,
        })
    }
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow)]
    data: &'a serde_json::value::RawValue,
}

/// A person in an event (<https://clerk.com/docs/guides/development/webhooks/overview>).
#[derive(Deserialize)]
struct Person {
    id: String,
    #[serde(default)]
    email_addresses: Vec<EmailAddress>,
    primary_email_address_id: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    updated_at: i64,
}

#[derive(Deserialize)]
struct EmailAddress {
    id: Option<String>,
    email_address: String,
}

#[derive(Deserialize)]
struct DeletedPerson {
    id: String,
}

/// The event in this body; none when it is of a type that is not about rows.
fn event(body: &[u8]) -> Result<Option<ClerkEvent>, ApiError> {
    let malformed = |_| ApiError::WebhookRefused("the event is malformed");
    let envelope: Envelope<'_> = serde_json::from_slice(body).map_err(malformed)?;
    let event = match envelope.kind.as_str() {
        "user.created" | "user.updated" => {
            let person = serde_json::from_str::<Person>(envelope.data.get()).map_err(malformed)?;
            ClerkEvent::Told(person.profile())
        }
        "user.deleted" => {
            let person: DeletedPerson =
                serde_json::from_str(envelope.data.get()).map_err(malformed)?;
            ClerkEvent::Deleted {
                clerk_id: person.id,
            }
        }
        _ => return Ok(None),
    };
    let (ClerkEvent::Told(ClerkProfile { clerk_id, .. }) | ClerkEvent::Deleted { clerk_id }) =
        &event;
    if validate_clerk_id(clerk_id).is_err() {
        return Err(ApiError::WebhookRefused("the id is no person's"));
    }
    Ok(Some(event))
}

impl Person {
    fn profile(self) -> ClerkProfile {
        let primary = self.primary_email_address_id.as_deref();
        let email = self
            .email_addresses
            .iter()
            .find(|address| primary.is_some() && address.id.as_deref() == primary)
            .and_then(|address| validate_email(&address.email_address).ok());
        let names = [self.first_name, self.last_name];
        let name = names.iter().flatten().map(|name| name.trim());
        let name = name.filter(|name| !name.is_empty()).collect::<Vec<_>>();
        ClerkProfile {
            clerk_id: self.id,
            email: email.unwrap_or_default(),
            name: nearest_name(&name.join(" ")),
            updated_at: self.updated_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn profile(data: &serde_json::Value) -> ClerkProfile {
        let body = json!({"type": "user.updated", "object": "event", "data": data}).to_string();
        match event(body.as_bytes()).expect("well-formed") {
            Some(ClerkEvent::Told(profile)) => profile,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_primary_address_and_the_whole_name_are_taken() {
        let profile = profile(&json!({
            "id": "user_ada", "first_name": " Ada", "last_name": "Lovelace", "updated_at": 7,
            "primary_email_address_id": "idn_2",
            "email_addresses": [
                {"id": "idn_1", "email_address": "old@b.co"},
                {"id": "idn_2", "email_address": "ada@b.co"},
            ],
        }));
        assert_eq!(
            (
                profile.email.as_str(),
                profile.name.as_str(),
                profile.updated_at
            ),
            ("ada@b.co", "Ada Lovelace", 7)
        );
    }

    #[test]
    fn a_person_without_address_or_name_is_a_person() {
        let profile = profile(&json!({
            "id": "user_ada", "first_name": null, "last_name": null, "updated_at": 7,
            "primary_email_address_id": null, "email_addresses": [],
        }));
        assert_eq!((profile.email.as_str(), profile.name.as_str()), ("", ""));
    }

    #[test]
    fn other_events_are_nobodys() {
        let body = br#"{"type": "session.created", "data": {"id": "sess_1"}}"#;
        assert_eq!(event(body).expect("well-formed"), None);
    }

    #[test]
    fn what_is_no_event_is_refused() {
        for body in [
            "",
            "[]",
            "{}",
            r#"{"type": "user.created"}"#,
            r#"{"type": "user.created", "data": {"id": "user_ada"}}"#,
            r#"{"type": "user.deleted", "data": {"id": "org_1"}}"#,
            r#"{"type": "user.deleted", "data": {}}"#,
        ] {
            assert!(event(body.as_bytes()).is_err(), "{body}");
        }
    }
}
