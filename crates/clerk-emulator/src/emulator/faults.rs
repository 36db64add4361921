//! Faults on purpose: what a test asks to go wrong, by route.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use rand::RngExt;
use serde::{Deserialize, Serialize};

use crate::error::ClerkError;
use crate::id;

/// Something that goes wrong.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fault {
    #[serde(skip_deserializing)]
    pub id: String,
    /// The method; any when not given.
    pub method: Option<String>,
    /// The path, such as `/v1/client/sessions/*/tokens`: a star stands for anything.
    pub path: String,
    /// Milliseconds to wait first.
    pub latency_ms: Option<u64>,
    /// Answer this status, with an error in Clerk's shape.
    pub status: Option<u16>,
    /// Answer 429, asking for this many seconds of patience.
    pub rate_limit: Option<u64>,
    /// Close the connection without an answer.
    pub drop: bool,
    /// Answer 200 with a body that is not JSON.
    pub malformed: bool,
    /// How often it happens; for ever when not given.
    pub count: Option<u64>,
    /// How likely it happens, from 0 to 1; always when not given.
    pub share: Option<f64>,
}

/// What happens instead of the answer.
#[derive(Debug)]
pub enum Instead {
    Error(ClerkError),
    Malformed,
    Drop,
}

/// The faults in force.
#[derive(Default)]
pub struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    fn list(&self) -> std::sync::MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The faults in force.
    pub fn all(&self) -> Vec<Fault> {
        self.list().clone()
    }

    /// Puts a fault in force.
    ///
    /// # Errors
    /// 422 for one that cannot be.
    pub fn add(&self, mut fault: Fault) -> Result<Fault, ClerkError> {
        let wrong = |what: &str| Err(ClerkError::invalid("fault", what));
        if !fault.path.starts_with('/') {
            return wrong("path must begin with /");
        }
        if fault.status.is_some_and(|it| !(400..=599).contains(&it)) {
            return wrong("status must be between 400 and 599");
        }
        if fault.share.is_some_and(|it| !(0.0..=1.0).contains(&it)) {
            return wrong("share must be between 0 and 1");
        }
        let kinds = [
            fault.latency_ms.is_some(),
            fault.status.is_some(),
            fault.rate_limit.is_some(),
            fault.drop,
            fault.malformed,
        ];
        if kinds.iter().all(|given| !given) {
            return wrong(
                "give at least one of status, latency_ms, rate_limit, drop and malformed",
            );
        }
        fault.id = id::new("fault");
        self.list().push(fault.clone());
        Ok(fault)
    }

    /// Ends a fault, or all.
    pub fn remove(&self, id: Option<&str>) {
        self.list().retain(|it| id.is_some_and(|id| it.id != id));
    }

    /// What goes wrong with this request: how long it waits, and what happens instead.
    pub fn strike(&self, method: &Method, path: &str) -> (Duration, Option<Instead>) {
        let mut wait = Duration::ZERO;
        let mut instead = None;
        let mut faults = self.list();
        for fault in faults.iter_mut() {
            let asked = fault
                .method
                .as_deref()
                .is_none_or(|it| it.eq_ignore_ascii_case(method.as_str()));
            let likely = fault
                .share
                .is_none_or(|share| rand::rng().random::<f64>() < share);
            if !asked || instead.is_some() || !matches(&fault.path, path) || !likely {
                continue;
            }
            if let Some(left) = &mut fault.count {
                *left = left.saturating_sub(1);
            }
            wait += Duration::from_millis(fault.latency_ms.unwrap_or(0));
            instead = fault.outcome();
        }
        faults.retain(|it| it.count != Some(0));
        (wait, instead)
    }
}

impl Fault {
    fn outcome(&self) -> Option<Instead> {
        if self.drop {
            return Some(Instead::Drop);
        }
        if self.malformed {
            return Some(Instead::Malformed);
        }
        if let Some(seconds) = self.rate_limit {
            let error = ClerkError::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_requests",
                "Too many requests. Please try again in a bit.",
            );
            return Some(Instead::Error(
                error.meta(serde_json::json!({ "retry_after": seconds })),
            ));
        }
        let status = StatusCode::from_u16(self.status?).ok()?;
        let message = "This error was requested by a fault.";
        Some(Instead::Error(ClerkError::new(
            status,
            "emulated_fault",
            message,
        )))
    }
}

/// Whether a path fits a pattern in which a star stands for anything.
fn matches(pattern: &str, path: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        last = Some(part);
        let Some((_, behind)) = rest.split_once(part).filter(|_| !part.is_empty()) else {
            if part.is_empty() {
                continue;
            }
            return false;
        };
        rest = behind;
    }
    rest.is_empty() || last == Some("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        assert!(matches(
            "/v1/client/sessions/*/tokens",
            "/v1/client/sessions/sess_1/tokens"
        ));
        assert!(!matches(
            "/v1/client/sessions/*/tokens",
            "/v1/client/sessions/sess_1/tokens/convex"
        ));
        assert!(matches(
            "/v1/client/sessions/*/tokens*",
            "/v1/client/sessions/sess_1/tokens/convex"
        ));
        assert!(matches("/v1/*", "/v1/me"));
        assert!(matches("/v1/me", "/v1/me"));
        assert!(!matches("/v1/me", "/v1/me/totp"));
    }

    #[test]
    fn a_fault_happens_as_often_as_was_asked() {
        let faults = Faults::default();
        let fault = Fault {
            path: "/v1/me".to_owned(),
            status: Some(500),
            count: Some(2),
            ..Fault::default()
        };
        faults.add(fault).expect("a good fault");
        for expected in [true, true, false] {
            let (_, instead) = faults.strike(&Method::GET, "/v1/me");
            assert_eq!(instead.is_some(), expected);
        }
        assert!(faults.all().is_empty());
    }

    #[test]
    fn a_fault_that_does_nothing_is_refused() {
        let nothing = Fault {
            path: "/v1/me".to_owned(),
            ..Fault::default()
        };
        assert!(Faults::default().add(nothing).is_err());
    }
}
