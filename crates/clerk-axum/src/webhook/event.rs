//! Events, typed as far as their shape is documented
//! (<https://clerk.com/docs/guides/development/webhooks/overview>). Pure.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::WebhookError;
use super::resources::{Deleted, Membership, Organization, Session, User};

/// What Clerk tells.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// `user.created`
    UserCreated(User),
    /// `user.updated`; tells the whole person.
    UserUpdated(User),
    /// `user.deleted`
    UserDeleted(Deleted),
    /// `session.created`
    SessionCreated(Session),
    /// `session.ended`: by time, or because the person ended it.
    SessionEnded(Session),
    /// `session.removed`: by signing out.
    SessionRemoved(Session),
    /// `session.revoked`: from elsewhere.
    SessionRevoked(Session),
    /// `organization.created`
    OrganizationCreated(Organization),
    /// `organization.updated`
    OrganizationUpdated(Organization),
    /// `organization.deleted`
    OrganizationDeleted(Deleted),
    /// `organizationMembership.created`
    MembershipCreated(Membership),
    /// `organizationMembership.updated`
    MembershipUpdated(Membership),
    /// `organizationMembership.deleted`
    MembershipDeleted(Membership),
    /// An event of another type.
    Other {
        /// Its type, such as `email.created`.
        kind: String,
        /// What it tells.
        data: Value,
    },
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow)]
    data: &'a RawValue,
}

impl Event {
    /// The event in a body.
    pub(super) fn read(body: &[u8]) -> Result<Self, WebhookError> {
        let event: Envelope<'_> = serde_json::from_slice(body).map_err(malformed)?;
        let data = event.data.get();
        Ok(match event.kind.as_str() {
            "user.created" => Self::UserCreated(read(data)?),
            "user.updated" => Self::UserUpdated(read(data)?),
            "user.deleted" => Self::UserDeleted(read(data)?),
            "session.created" => Self::SessionCreated(read(data)?),
            "session.ended" => Self::SessionEnded(read(data)?),
            "session.removed" => Self::SessionRemoved(read(data)?),
            "session.revoked" => Self::SessionRevoked(read(data)?),
            "organization.created" => Self::OrganizationCreated(read(data)?),
            "organization.updated" => Self::OrganizationUpdated(read(data)?),
            "organization.deleted" => Self::OrganizationDeleted(read(data)?),
            "organizationMembership.created" => Self::MembershipCreated(read(data)?),
            "organizationMembership.updated" => Self::MembershipUpdated(read(data)?),
            "organizationMembership.deleted" => Self::MembershipDeleted(read(data)?),
            _ => Self::Other {
                data: read(data)?,
                kind: event.kind,
            },
        })
    }
}

fn read<T: DeserializeOwned>(data: &str) -> Result<T, WebhookError> {
    serde_json::from_str(data).map_err(malformed)
}

#[allow(clippy::needless_pass_by_value, reason = "as `map_err` wants it")]
fn malformed(_: serde_json::Error) -> WebhookError {
    WebhookError::Refused("the event is malformed")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(kind: &str, data: &Value) -> Result<Event, WebhookError> {
        let body = json!({ "type": kind, "object": "event", "data": data });
        Event::read(body.to_string().as_bytes())
    }

    #[test]
    fn the_primary_address_of_a_person_is_the_one_they_chose() {
        let person = json!({
            "id": "user_ada", "first_name": "Ada", "last_name": null, "updated_at": 7,
            "primary_email_address_id": "idn_2",
            "email_addresses": [
                { "id": "idn_1", "email_address": "old@b.co" },
                { "id": "idn_2", "email_address": "ada@b.co" },
            ],
            "public_metadata": { "plan": "pro" }, "private_metadata": null,
        });
        let Ok(Event::UserUpdated(user)) = event("user.updated", &person) else {
            panic!("a person");
        };
        assert_eq!(user.primary_email_address(), Some("ada@b.co"));
        assert_eq!(user.public_metadata["plan"], "pro");
    }

    #[test]
    fn events_of_a_known_type_are_typed() {
        let member = json!({
            "id": "orgmem_1", "role": "org:admin", "organization": { "id": "org_1" },
            "public_user_data": { "user_id": "user_1" },
        });
        let Ok(Event::MembershipCreated(membership)) =
            event("organizationMembership.created", &member)
        else {
            panic!("a membership");
        };
        assert_eq!(membership.public_user_data.user_id, "user_1");
        for (kind, data) in [
            ("user.deleted", json!({ "id": "user_1", "deleted": true })),
            ("session.created", json!({ "id": "sess_1" })),
            ("session.ended", json!({ "id": "sess_1" })),
            ("session.removed", json!({ "id": "sess_1" })),
            ("session.revoked", json!({ "id": "sess_1" })),
            (
                "organization.created",
                json!({ "id": "org_1", "name": "Acme" }),
            ),
            (
                "organization.updated",
                json!({ "id": "org_1", "name": "Acme" }),
            ),
            ("organization.deleted", json!({ "id": "org_1" })),
            ("organizationMembership.updated", member.clone()),
            ("organizationMembership.deleted", member.clone()),
        ] {
            let read = event(kind, &data).expect(kind);
            assert!(!matches!(read, Event::Other { .. }), "{kind}");
        }
    }

    #[test]
    fn events_of_another_type_are_told_as_they_are() {
        let data = json!({ "id": "ema_1" });
        assert_eq!(
            event("email.created", &data),
            Ok(Event::Other {
                kind: "email.created".into(),
                data
            })
        );
    }

    #[test]
    fn what_is_no_event_is_refused() {
        for body in [
            "",
            "[]",
            "{}",
            "not JSON",
            r#"{"type": "user.created"}"#,
            r#"{"type": "user.created", "data": {"id": "user_ada"}}"#,
            r#"{"type": "user.deleted", "data": {}}"#,
        ] {
            assert!(Event::read(body.as_bytes()).is_err(), "{body}");
        }
    }
}
