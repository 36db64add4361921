//! What the headers of a delivery say. Pure: the time is an argument.

use axum::http::{HeaderMap, HeaderName};
use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP};

use super::WebhookError;

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

/// What the headers of a delivery say: nothing of it is proved yet.
pub struct Delivery {
    /// Its id.
    pub id: String,
    /// By the names of the standard.
    pub headers: HeaderMap,
}

impl Delivery {
    /// The delivery that these headers announce at this second of the Unix epoch.
    pub fn announced(headers: &HeaderMap, now: u64) -> Result<Self, WebhookError> {
        let refuse = |reason| Err(WebhookError::Refused(reason));
        let mut renamed = HeaderMap::new();
        for (svix, standard) in HEADERS {
            let mut values = headers.get_all(svix).iter();
            match (values.next(), values.next()) {
                (Some(value), None) => {
                    renamed.insert(HeaderName::from_static(standard), value.clone())
                }
                _ => return refuse("a header is missing or stands twice"),
            };
        }
        let text = |name: &str| {
            let value = renamed.get(name).and_then(|value| value.to_str().ok());
            value.ok_or(WebhookError::Refused("a header is no text"))
        };
        let id = text(HEADER_WEBHOOK_ID)?.to_owned();
        if id.is_empty() || id.len() > ID_MAX {
            return refuse("svix-id is empty or too long");
        }
        let timestamp = text(HEADER_WEBHOOK_TIMESTAMP)?;
        // What the library reckons with must not overflow.
        if timestamp.len() > 12 || !timestamp.bytes().all(|b| b.is_ascii_digit()) {
            return refuse("svix-timestamp is no time");
        }
        if timestamp
            .parse::<u64>()
            .is_ok_and(|timestamp| timestamp.abs_diff(now) > TOLERANCE)
        {
            return refuse("svix-timestamp is not now");
        }
        Ok(Self {
            id,
            headers: renamed,
        })
    }
}
