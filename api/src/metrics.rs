//! What there is to measure, as Prometheus reads it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::App;

/// Upper bounds of the latency histogram, in seconds.
const BUCKETS: [f64; 12] = [
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0,
];

/// What a request is counted under.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Request {
    /// The route's pattern, never the path itself.
    pub route: &'static str,
    /// The method, `other` when it is none that a route takes.
    pub method: &'static str,
    /// The answer's status.
    pub status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Webhook {
    outcome: &'static str,
}

/// The measurements. Clones share them.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    requests: Family<Request, Histogram, fn() -> Histogram>,
    webhooks: Family<Webhook, Counter>,
    streams: Gauge,
    jwks_age: Gauge<f64, std::sync::atomic::AtomicU64>,
    pool: Gauge,
    pool_idle: Gauge,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics(…)")
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::default();
        let histogram: fn() -> Histogram = || Histogram::new(BUCKETS);
        let inner = Inner {
            requests: Family::new_with_constructor(histogram),
            webhooks: Family::default(),
            streams: Gauge::default(),
            jwks_age: Gauge::default(),
            pool: Gauge::default(),
            pool_idle: Gauge::default(),
            registry: Registry::default(),
        };
        registry.register_with_unit(
            "http_request_duration",
            "Time until the head of the answer",
            Unit::Seconds,
            inner.requests.clone(),
        );
        registry.register(
            "webhook_deliveries",
            "Webhook deliveries",
            inner.webhooks.clone(),
        );
        registry.register("streams_open", "Live queries", inner.streams.clone());
        registry.register_with_unit(
            "jwks_age",
            "Time since the verification keys were fetched; -1 before, and with a fixed key",
            Unit::Seconds,
            inner.jwks_age.clone(),
        );
        registry.register(
            "database_connections",
            "Connections to the database",
            inner.pool.clone(),
        );
        registry.register(
            "database_connections_idle",
            "Connections to the database that nobody uses",
            inner.pool_idle.clone(),
        );
        Self(Arc::new(Inner { registry, ..inner }))
    }
}

impl Metrics {
    /// Counts a request.
    pub fn request(&self, request: &Request, took: Duration) {
        self.0
            .requests
            .get_or_create(request)
            .observe(took.as_secs_f64());
    }

    /// Counts a webhook delivery, by what became of it.
    pub fn webhook(&self, outcome: &'static str) {
        self.0.webhooks.get_or_create(&Webhook { outcome }).inc();
    }

    /// All of it, as `OpenMetrics` text.
    pub fn text(&self, app: &App) -> Result<String, fmt::Error> {
        let inner = &self.0;
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        inner.streams.set(count(app.live.open()));
        let age = app.verifier.keys().age();
        inner
            .jwks_age
            .set(age.map_or(-1.0, |age| age.as_secs_f64()));
        let (all, idle) = app.users.database().pool_use();
        inner.pool.set(all.into());
        inner.pool_idle.set(idle.into());
        let mut text = String::new();
        encode(&mut text, &inner.registry)?;
        Ok(text)
    }
}
