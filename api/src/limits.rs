//! How often one may ask: so many requests a second for each identity and each address, with
//! bursts of ten times that.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use crate::client::Client;
use crate::error::ApiError;

/// How many seconds' worth of requests may come at once.
const BURST: u32 = 10;
/// How often those who rest are forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(30);

/// The limits of this process. Clones share them.
#[derive(Clone, Debug)]
pub struct Limits {
    identity: Option<Arc<Limit<String>>>,
    address: Option<Arc<Limit<IpAddr>>>,
}

#[derive(Debug)]
struct Limit<K: Clone + Hash + Eq> {
    limiter: RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock>,
    clock: DefaultClock,
}

impl<K: Clone + Hash + Eq> Limit<K> {
    fn new(per_second: u32) -> Option<Arc<Self>> {
        let per_second = NonZeroU32::new(per_second)?;
        let burst = per_second.saturating_mul(NonZeroU32::new(BURST)?);
        Some(Arc::new(Self {
            limiter: RateLimiter::keyed(Quota::per_second(per_second).allow_burst(burst)),
            clock: DefaultClock::default(),
        }))
    }

    fn check(&self, key: &K) -> Result<(), ApiError> {
        self.limiter.check_key(key).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            // Whole seconds, not too few.
            ApiError::TooManyRequests {
                retry_after: wait.as_secs() + 1,
            }
        })
    }

    fn forget(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

impl Limits {
    /// So many requests a second for each identity and each address; 0: no limit.
    pub fn new(identity: u32, address: u32) -> Self {
        Self {
            identity: Limit::new(identity),
            address: Limit::new(address),
        }
    }

    /// Counts a request of this person.
    pub fn identity(&self, clerk_id: &String) -> Result<(), ApiError> {
        self.identity
            .as_ref()
            .map_or(Ok(()), |limit| limit.check(clerk_id))
    }

    /// Counts a request from this address.
    pub fn address(&self, client: &Client) -> Result<(), ApiError> {
        self.address
            .as_ref()
            .map_or(Ok(()), |limit| limit.check(&client.network()))
    }

    /// Forgets those who have not asked for a while, now and ever again. Never ends.
    pub async fn forget_the_idle(self) {
        loop {
            tokio::time::sleep(FORGET_EVERY).await;
            if let Some(limit) = &self.identity {
                limit.forget();
            }
            if let Some(limit) = &self.address {
                limit.forget();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_seconds_worth_may_come_at_once_and_no_more() {
        let limits = Limits::new(2, 0);
        let ada = "user_ada".to_owned();
        for _ in 0..20 {
            limits.identity(&ada).expect("within the burst");
        }
        assert!(matches!(
            limits.identity(&ada),
            Err(ApiError::TooManyRequests { retry_after: 1.. })
        ));
        limits
            .identity(&"user_bob".to_owned())
            .expect("another person");
    }
}
