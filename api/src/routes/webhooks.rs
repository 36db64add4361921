//! `POST /api/webhooks/clerk`: what Clerk tells of people, signed by Svix.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use clerk_axum::webhook::{Event, User};
use shared::{nearest_name, validate_clerk_id, validate_email};

use crate::App;
use crate::error::ApiError;
use crate::users::{ClerkEvent, ClerkProfile, Outcome};

/// Receive an event from Clerk, signed by Svix.
///
/// `user.created`, `user.updated` and `user.deleted` are applied to rows, each delivery once;
/// other events are ignored. An event that is older than the row does not overwrite it. A deleted
/// row never comes back.
#[utoipa::path(
    post,
    path = "/webhooks/clerk",
    tag = "webhooks",
    params(
        ("svix-id" = String, Header, description = "The delivery's id"),
        ("svix-timestamp" = String, Header, description = "Seconds since the Unix epoch, at most 5 minutes from now"),
        ("svix-signature" = String, Header, description = "`v1,` and HMAC-SHA-256 of id, timestamp and body, in base64"),
    ),
    request_body(content = Object, content_type = "application/json", description = "The event as Clerk sends it"),
    responses(
        (status = 204, description = "Applied, or ignored"),
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

async fn take(app: &App, request: Request) -> Result<Option<Outcome>, ApiError> {
    let verifier = app.webhook.as_ref().ok_or(ApiError::WebhooksOff)?;
    let webhook = verifier.receive(request).await?;
    match told(webhook.event)? {
        Some(event) => app.users.apply(webhook.id, event).await.map(Some),
        None => Ok(None),
    }
}

/// What an event says of rows; none when it is of a type that is not about them.
fn told(event: Event) -> Result<Option<ClerkEvent>, ApiError> {
    let event = match event {
        Event::UserCreated(person) | Event::UserUpdated(person) => {
            ClerkEvent::Told(profile(person))
        }
        Event::UserDeleted(person) => ClerkEvent::Deleted {
            clerk_id: person.id,
        },
        _ => return Ok(None),
    };
    let (ClerkEvent::Told(ClerkProfile { clerk_id, .. }) | ClerkEvent::Deleted { clerk_id }) =
        &event;
    if validate_clerk_id(clerk_id).is_err() {
        return Err(ApiError::WebhookRefused("the id is no person's"));
    }
    Ok(Some(event))
}

fn profile(person: User) -> ClerkProfile {
    let email = person.primary_email_address();
    let email = email.and_then(|address| validate_email(address).ok());
    let names = [person.first_name, person.last_name];
    let name = names.iter().flatten().map(|name| name.trim());
    let name = name.filter(|name| !name.is_empty()).collect::<Vec<_>>();
    ClerkProfile {
        clerk_id: person.id,
        email: email.unwrap_or_default(),
        name: nearest_name(&name.join(" ")),
        updated_at: person.updated_at,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn profile_of(data: serde_json::Value) -> ClerkProfile {
        profile(serde_json::from_value(data).expect("a person"))
    }

    #[test]
    fn the_primary_address_and_the_whole_name_are_taken() {
        let profile = profile_of(json!({
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
        let profile = profile_of(json!({
            "id": "user_ada", "first_name": null, "last_name": null, "updated_at": 7,
            "primary_email_address_id": null, "email_addresses": [],
        }));
        assert_eq!((profile.email.as_str(), profile.name.as_str()), ("", ""));
    }
}
