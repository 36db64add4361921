//! Delivery of events to webhooks, signed as svix does
//! (<https://docs.svix.com/receiving/verifying-payloads/how-manual>), again and again until it
//! is answered well.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use serde_json::{Value, json};
use standardwebhooks::Webhook;

use crate::emulator::Emulator;
use crate::error::ClerkError;
use crate::id;
use crate::model::{Delivery, DeliveryStatus, Event, WebhookEndpoint};
use crate::scope::{INSTANCE_ID, Scope};
use crate::store::{ALL, Page, Transaction};

/// The pauses between attempts, in seconds, as svix has them
/// (<https://docs.svix.com/retries>).
const PAUSES: [i64; 7] = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000];
/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(15);
/// The endpoint of the environment's variables.
const FROM_ENVIRONMENT: &str = "ep_environment";
/// Under this name stands the number of the last delivery.
const SEQUENCE: &str = "delivery_sequence";
/// How many events are kept.
const EVENTS_MAX: usize = 1000;

/// Keeps the endpoint that the environment names, or forgets one that it no longer does.
pub fn configure(tx: &Transaction, webhook: Option<&(String, String)>) -> Result<(), ClerkError> {
    match webhook {
        Some((url, secret)) => tx.put(&WebhookEndpoint {
            id: FROM_ENVIRONMENT.to_owned(),
            url: url.clone(),
            secret: secret.clone(),
            ..WebhookEndpoint::default()
        }),
        None => tx.delete::<WebhookEndpoint>(FROM_ENVIRONMENT),
    }
}

/// Forgets every endpoint.
pub fn remove_endpoints(scope: &Scope<'_>) -> Result<(), ClerkError> {
    for it in scope
        .tx
        .list::<WebhookEndpoint>(ALL.0, ALL.1, Page::WHOLE)?
    {
        scope.tx.delete::<WebhookEndpoint>(&it.id)?;
    }
    Ok(())
}

/// Something happened that webhooks tell of.
pub fn tell(scope: &mut Scope<'_>, kind: &str, data: &Value) -> Result<(), ClerkError> {
    let endpoints: Vec<WebhookEndpoint> = scope.tx.list(ALL.0, ALL.1, Page::OLDEST_FIRST)?;
    let wanted = |it: &WebhookEndpoint| {
        !it.disabled && (it.events.is_empty() || it.events.iter().any(|name| name == kind))
    };
    let endpoints: Vec<_> = endpoints.into_iter().filter(wanted).collect();
    if endpoints.is_empty() {
        return Ok(());
    }
    let event = Event {
        id: id::new("msg"),
        r#type: kind.to_owned(),
        body: json!({
            "data": data,
            "event_attributes": { "http_request": {
                "client_ip": scope.call.address,
                "user_agent": scope.call.user_agent,
            } },
            "instance_id": INSTANCE_ID,
            "object": "event",
            "timestamp": scope.now,
            "type": kind,
        }),
        created_at: scope.now,
    };
    scope.tx.put(&event)?;
    let last = scope.tx.value(SEQUENCE)?;
    let mut sequence = last.and_then(|it| it.parse::<i64>().ok()).unwrap_or(0);
    for endpoint in endpoints {
        sequence += 1;
        scope.tx.put(&Delivery {
            sequence,
            id: id::new("atmpt"),
            event_id: event.id.clone(),
            endpoint_id: endpoint.id,
            next_at: scope.now,
            created_at: scope.now,
            ..Delivery::default()
        })?;
    }
    scope.tx.put_value(SEQUENCE, &sequence.to_string())
}

/// Attempts that could not be kept, on a full disk perhaps. They count for as long as the process
/// runs: nobody gets an event again and again without a pause.
#[derive(Default)]
struct Unkept(HashMap<String, (usize, i64)>);

impl Unkept {
    /// One more attempt of this delivery was not kept.
    fn note(&mut self, id: String, now: i64) {
        let (tried, next_at) = self.0.entry(id).or_default();
        let pause = PAUSES[(*tried).min(PAUSES.len() - 1)];
        *next_at = now + pause * 1000;
        *tried += 1;
    }

    fn forget(&mut self, id: &str) {
        self.0.remove(id);
    }

    /// Puts a delivery off until its pause is over.
    fn postpone(&self, it: &mut Delivery) {
        if let Some((_, next_at)) = self.0.get(&it.id) {
            it.next_at = it.next_at.max(*next_at);
        }
    }
}

impl Emulator {
    /// Delivers what is due, for as long as the emulator runs.
    pub(crate) async fn deliver(self) {
        let client = match reqwest::Client::builder().timeout(TIMEOUT).build() {
            Ok(client) => client,
            Err(error) => {
                tracing::error!(%error, "webhooks cannot be delivered");
                return;
            }
        };
        let mut unkept = Unkept::default();
        loop {
            let wait = match self.due(&unkept).await {
                Ok((due, next_at)) if due.is_empty() => {
                    let pause = next_at.map_or(60_000, |at| (at - self.now()).max(10));
                    u64::try_from(pause.min(60_000)).unwrap_or(60_000)
                }
                Ok((due, _)) => {
                    // One endpoint gets its events in order; a slow one holds up no other.
                    let mut by_endpoint: BTreeMap<String, Vec<Delivery>> = BTreeMap::new();
                    for it in due {
                        by_endpoint
                            .entry(it.endpoint_id.clone())
                            .or_default()
                            .push(it);
                    }
                    let mut running = tokio::task::JoinSet::new();
                    for deliveries in by_endpoint.into_values() {
                        let (emulator, client) = (self.clone(), client.clone());
                        running.spawn(async move {
                            let mut outcomes = Vec::new();
                            for it in deliveries {
                                let id = it.id.clone();
                                outcomes.push((id, emulator.attempt(&client, it).await));
                            }
                            outcomes
                        });
                    }
                    while let Some(outcomes) = running.join_next().await {
                        for (id, outcome) in outcomes.unwrap_or_default() {
                            match outcome {
                                Ok(()) => unkept.forget(&id),
                                Err(error) => {
                                    tracing::error!(%error, "a webhook's attempt was not kept");
                                    unkept.note(id, self.now());
                                }
                            }
                        }
                    }
                    0
                }
                Err(_) => 1_000,
            };
            if wait > 0 {
                let _ = tokio::time::timeout(Duration::from_millis(wait), self.written()).await;
            }
        }
    }

    /// The deliveries that are due, oldest first, and when the next one is.
    async fn due(&self, unkept: &Unkept) -> Result<(Vec<Delivery>, Option<i64>), ClerkError> {
        let emulator = self.clone();
        let mut pending = blocking(move || {
            emulator
                .store()
                .read(|tx| tx.list::<Delivery>("pending", "", Page::OLDEST_FIRST))
        })
        .await?;
        let now = self.now();
        for it in &mut pending {
            unkept.postpone(it);
        }
        let next_at = pending.iter().map(|it| it.next_at).min();
        let due = pending.into_iter().filter(|it| it.next_at <= now).collect();
        Ok((due, next_at))
    }

    /// Delivers once, and keeps what came of it.
    async fn attempt(
        &self,
        client: &reqwest::Client,
        delivery: Delivery,
    ) -> Result<(), ClerkError> {
        let emulator = self.clone();
        let ids = (delivery.event_id.clone(), delivery.endpoint_id.clone());
        let (event, endpoint) = blocking(move || {
            emulator
                .store()
                .read(|tx| Ok((tx.get::<Event>(&ids.0)?, tx.get::<WebhookEndpoint>(&ids.1)?)))
        })
        .await?;
        let outcome = match (&event, &endpoint) {
            (Some(event), Some(endpoint)) => send(client, event, endpoint).await,
            _ => Err("the endpoint or the event is gone".to_owned()),
        };
        if let (Err(reason), Some(endpoint)) = (&outcome, &endpoint) {
            tracing::warn!("webhook to {} failed: {reason}", endpoint.url);
        }
        let gone = event.is_none() || endpoint.is_none();
        let emulator = self.clone();
        blocking(move || {
            emulator.store().write(|tx| {
                let mut it: Delivery = tx.need(&delivery.id)?;
                let now = emulator.now();
                let tried = it.attempts.len();
                let (text, delivered) = match outcome {
                    Ok(status) => (status, true),
                    Err(reason) => (reason, false),
                };
                it.attempts.push((now, text));
                it.status = if delivered {
                    DeliveryStatus::Delivered
                } else if let (Some(pause), false) = (PAUSES.get(tried), gone) {
                    it.next_at = now + pause * 1000;
                    DeliveryStatus::Pending
                } else {
                    DeliveryStatus::Failed
                };
                tx.put(&it)?;
                prune(tx)
            })
        })
        .await
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ClerkError> + Send + 'static,
) -> Result<T, ClerkError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(ClerkError::internal)?
}

/// Forgets the oldest events, with their deliveries.
fn prune(tx: &Transaction) -> Result<(), ClerkError> {
    if tx.count::<Event>(ALL.0, ALL.1)? <= EVENTS_MAX {
        return Ok(());
    }
    let rest = Page {
        offset: EVENTS_MAX,
        ..Page::WHOLE
    };
    for old in tx.list::<Event>(ALL.0, ALL.1, rest)? {
        for it in tx.list::<Delivery>("event", &old.id, Page::WHOLE)? {
            tx.delete::<Delivery>(&it.id)?;
        }
        tx.delete::<Event>(&old.id)?;
    }
    Ok(())
}

/// Sends an event; answers the status, or why it was not taken.
async fn send(
    client: &reqwest::Client,
    event: &Event,
    endpoint: &WebhookEndpoint,
) -> Result<String, String> {
    let body = event.body.to_string();
    // Receivers compare with their own clock, which a test may not have moved.
    let timestamp = id::now() / 1000;
    let signer = Webhook::new(&endpoint.secret).map_err(|error| error.to_string())?;
    let signature = signer
        .sign(&event.id, timestamp, body.as_bytes())
        .map_err(|error| error.to_string())?;
    let answer = client
        .post(&endpoint.url)
        .header("content-type", "application/json")
        .header("svix-id", &event.id)
        .header("svix-timestamp", timestamp)
        .header("svix-signature", signature)
        .body(body)
        .send()
        .await
        .map_err(|error| reason(&error.without_url()))?;
    let status = answer.status();
    if status.is_success() {
        Ok(status.to_string())
    } else {
        Err(status.to_string())
    }
}

/// An error with what caused it.
fn reason(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = error.to_string();
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_that_was_not_kept_counts_and_is_not_made_again_at_once() {
        let mut unkept = Unkept::default();
        let mut it = Delivery {
            id: "atmpt_1".to_owned(),
            ..Delivery::default()
        };
        let mut now = 1_000;
        for pause in PAUSES.into_iter().chain([36_000]) {
            unkept.note(it.id.clone(), now);
            now += pause * 1000;
            unkept.postpone(&mut it);
            assert_eq!(it.next_at, now);
        }
        let mut other = Delivery::default();
        unkept.postpone(&mut other);
        assert_eq!(other.next_at, 0, "others have their turn");
    }

    #[tokio::test]
    async fn the_delivery_of_an_event_that_cannot_be_read_is_given_up() {
        let mut config = crate::config::Config::read(|_| None).expect("a configuration");
        config.ephemeral = true;
        let emulator = Emulator::open(&config, "http://127.0.0.1:4000").expect("it opens");
        let written = emulator.store().write(|tx| {
            tx.put(&WebhookEndpoint {
                id: "ep_1".to_owned(),
                // Nobody listens there.
                url: "http://127.0.0.1:1/".to_owned(),
                ..WebhookEndpoint::default()
            })?;
            tx.put(&Event {
                id: "msg_1".to_owned(),
                ..Event::default()
            })?;
            tx.damage::<Event>("msg_1");
            tx.put(&Delivery {
                id: "atmpt_1".to_owned(),
                event_id: "msg_1".to_owned(),
                endpoint_id: "ep_1".to_owned(),
                ..Delivery::default()
            })
        });
        written.expect("a write");
        let delivering = tokio::spawn(emulator.clone().deliver());
        let status = async {
            loop {
                let it = emulator.store().read(|tx| tx.need::<Delivery>("atmpt_1"));
                let it = it.expect("the delivery");
                if it.status == DeliveryStatus::Failed {
                    return it.attempts.len();
                }
                tokio::task::yield_now().await;
            }
        };
        let attempts = tokio::time::timeout(Duration::from_secs(20), status).await;
        assert_eq!(attempts.expect("in time"), 1);
        delivering.abort();
    }
}
