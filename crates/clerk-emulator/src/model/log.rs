//! What was sent: messages and webhook events.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An e-mail.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Message {
    pub id: String,
    pub to: String,
    /// Clerk's template, such as `verification_code`.
    pub kind: String,
    pub subject: String,
    pub text: String,
    pub code: Option<String>,
    pub link: Option<String>,
    pub created_at: i64,
}

record!(Message, "message", "The message",
    "to" => |it| Some(it.to.to_lowercase()));

/// Where events are delivered.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WebhookEndpoint {
    pub id: String,
    pub url: String,
    /// `whsec_…`
    pub secret: String,
    /// Which types; all when empty.
    pub events: Vec<String>,
    pub disabled: bool,
    pub created_at: i64,
}

record!(WebhookEndpoint, "webhook_endpoint", "The webhook endpoint");

/// Something that happened, as webhooks tell of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Event {
    /// The `svix-id` of its deliveries.
    pub id: String,
    pub r#type: String,
    /// The whole body.
    pub body: Value,
    pub created_at: i64,
}

record!(Event, "event", "The event");

/// How far a delivery is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryStatus {
    #[default]
    Pending,
    Delivered,
    Failed,
}

/// An event on its way to one address.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Delivery {
    pub id: String,
    pub event_id: String,
    pub endpoint_id: String,
    pub status: DeliveryStatus,
    /// What each attempt came to: when, and the status or the failure.
    pub attempts: Vec<(i64, String)>,
    pub next_at: i64,
    /// Grows with each delivery: their order.
    pub sequence: i64,
    pub created_at: i64,
}

impl super::Record for Delivery {
    const KIND: &'static str = "delivery";
    const NAME: &'static str = "The delivery";
    fn id(&self) -> &str {
        &self.id
    }
    /// Several events may happen in one millisecond.
    fn order(&self) -> i64 {
        self.sequence
    }
    fn keys(&self) -> Vec<(&'static str, String)> {
        let mut keys = vec![("event", self.event_id.clone())];
        if self.status == DeliveryStatus::Pending {
            keys.push(("pending", String::new()));
        }
        keys
    }
}
