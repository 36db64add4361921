//! Live queries: who watches which person, and the newest state each has to see.
//!
//! A change is published after it is committed. Every state has a version that only grows, so
//! states may arrive twice or out of order: an older one is dropped. A slow watcher finds the
//! newest state when it looks, never a backlog.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::snapshot::Snapshot;
use crate::error::ApiError;

/// How many streams there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamLimits {
    /// Of one person, in this process.
    pub identity: usize,
    /// Of all, in this process.
    pub process: usize,
}

/// Whom somebody watches. Watchers are counted here, under the lock, and not by the channel: a
/// receiver that is being dropped still counts there.
#[derive(Debug, Default)]
struct Watched {
    people: HashMap<Arc<str>, Person>,
    /// How many watchers there are of all people.
    open: usize,
}

#[derive(Debug)]
struct Person {
    sender: watch::Sender<Arc<Snapshot>>,
    watchers: usize,
}

/// All watchers of this process.
#[derive(Clone, Debug)]
pub struct Hub(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    watched: Mutex<Watched>,
    limits: StreamLimits,
}

impl Hub {
    /// Nobody watches yet.
    pub fn new(limits: StreamLimits) -> Self {
        Self(Arc::new(Inner {
            watched: Mutex::default(),
            limits,
        }))
    }

    fn watched(&self) -> MutexGuard<'_, Watched> {
        // Nothing panics while the lock is held, and the map is consistent at every step.
        self.0
            .watched
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// How many watchers there are.
    pub fn open(&self) -> usize {
        self.watched().open
    }

    /// Everybody whom somebody watches.
    pub fn people(&self) -> Vec<Arc<str>> {
        self.watched().people.keys().cloned().collect()
    }

    /// The version this person's watchers know; none when nobody watches.
    pub fn known(&self, clerk_id: &str) -> Option<i64> {
        let watched = self.watched();
        let person = watched.people.get(clerk_id)?;
        Some(person.sender.borrow().version)
    }

    /// Tells everybody who watches this person.
    pub fn publish(&self, clerk_id: &str, state: Arc<Snapshot>) {
        if let Some(person) = self.watched().people.get(clerk_id) {
            person.sender.send_if_modified(|current| {
                let newer = state.version > current.version;
                if newer {
                    *current = state;
                }
                newer
            });
        }
    }

    /// Tells the watchers of this person that there is no row any more, as somebody found who
    /// looked after they knew `version`.
    pub fn publish_gone(&self, clerk_id: &str, version: i64) {
        if let Some(person) = self.watched().people.get(clerk_id) {
            person.sender.send_if_modified(|current| {
                let gone = current.json.is_some() && current.version == version;
                if gone {
                    *current = Arc::new(Snapshot::none(version.saturating_add(1)));
                }
                gone
            });
        }
    }

    /// Starts to watch a person. Subscribe first and read the row afterwards: then no change
    /// falls in between.
    ///
    /// # Errors
    /// [`ApiError::TooManyStreams`] and [`ApiError::StreamsFull`].
    pub fn subscribe(&self, clerk_id: &str) -> Result<Subscription, ApiError> {
        let mut watched = self.watched();
        if watched.open >= self.0.limits.process {
            return Err(ApiError::StreamsFull);
        }
        let held = watched.people.get(clerk_id).map_or(0, |it| it.watchers);
        if held >= self.0.limits.identity {
            return Err(ApiError::TooManyStreams);
        }
        let key: Arc<str> = clerk_id.into();
        let person = watched.people.entry(key.clone()).or_insert_with(|| Person {
            sender: watch::Sender::new(Arc::new(Snapshot::none(0))),
            watchers: 0,
        });
        person.watchers += 1;
        let receiver = person.sender.subscribe();
        watched.open += 1;
        Ok(Subscription {
            hub: self.clone(),
            clerk_id: key,
            receiver,
        })
    }
}

/// One watcher. Dropping it ends the watch.
#[derive(Debug)]
pub struct Subscription {
    hub: Hub,
    clerk_id: Arc<str>,
    receiver: watch::Receiver<Arc<Snapshot>>,
}

impl Subscription {
    /// Waits for a state newer than `version`.
    pub async fn newer_than(&mut self, version: i64) -> Arc<Snapshot> {
        // The sender lives in the map as long as this receiver does: waiting cannot fail.
        loop {
            {
                let state = self.receiver.borrow_and_update();
                if state.version > version {
                    return state.clone();
                }
            }
            if self.receiver.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut watched = self.hub.watched();
        watched.open -= 1;
        if let Some(person) = watched.people.get_mut(&self.clerk_id) {
            person.watchers -= 1;
            if person.watchers == 0 {
                watched.people.remove(&self.clerk_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: StreamLimits = StreamLimits {
        identity: 2,
        process: 3,
    };

    fn state(version: i64) -> Arc<Snapshot> {
        Arc::new(Snapshot::none(version))
    }

    #[tokio::test]
    async fn a_slow_watcher_sees_the_newest_state_only() {
        let hub = Hub::new(LIMITS);
        let mut watcher = hub.subscribe("user_a").expect("room");
        hub.publish("user_a", state(1));
        hub.publish("user_a", state(3));
        hub.publish("user_a", state(2));
        assert_eq!(watcher.newer_than(0).await, state(3));
    }

    #[tokio::test]
    async fn nobody_hears_of_another_person() {
        let hub = Hub::new(LIMITS);
        let mut watcher = hub.subscribe("user_a").expect("room");
        hub.publish("user_b", state(1));
        hub.publish("user_a", state(7));
        assert_eq!(watcher.newer_than(0).await.version, 7);
    }

    #[tokio::test]
    async fn the_last_watcher_leaves_nothing_behind() {
        let hub = Hub::new(LIMITS);
        let first = hub.subscribe("user_a").expect("room");
        let mut second = hub.subscribe("user_a").expect("room");
        drop(first);
        hub.publish("user_a", state(1));
        assert_eq!(second.newer_than(0).await.version, 1);
        drop(second);
        assert!(hub.watched().people.is_empty());
        assert_eq!(hub.open(), 0);
    }

    #[test]
    fn watchers_that_leave_together_leave_nothing_behind() {
        let hub = Hub::new(LIMITS);
        for _ in 0..2_000 {
            let together = std::sync::Barrier::new(2);
            std::thread::scope(|scope| {
                for _ in 0..2 {
                    let watcher = hub.subscribe("user_a").expect("room");
                    let together = &together;
                    scope.spawn(move || {
                        together.wait();
                        drop(watcher);
                    });
                }
            });
            assert_eq!(hub.people(), Vec::<Arc<str>>::new());
            assert_eq!(hub.open(), 0);
        }
    }

    #[tokio::test]
    async fn a_row_that_is_gone_is_told_once_and_not_of_a_newer_one() {
        let hub = Hub::new(LIMITS);
        let mut watcher = hub.subscribe("user_a").expect("room");
        let there = |version| Arc::new(Snapshot::new(version, Some("{}".into())));
        hub.publish("user_a", there(5));
        hub.publish_gone("user_a", 4);
        assert_eq!(watcher.newer_than(0).await, there(5));
        hub.publish_gone("user_a", 5);
        assert_eq!(watcher.newer_than(5).await, state(6));
    }

    #[test]
    fn streams_are_limited_for_one_person_and_for_all() {
        let hub = Hub::new(LIMITS);
        let first = hub.subscribe("user_a").expect("room");
        let _second = hub.subscribe("user_a").expect("room");
        assert!(matches!(
            hub.subscribe("user_a"),
            Err(ApiError::TooManyStreams)
        ));
        let _third = hub.subscribe("user_b").expect("room");
        assert!(matches!(
            hub.subscribe("user_c"),
            Err(ApiError::StreamsFull)
        ));
        drop(first);
        hub.subscribe("user_c").expect("room again");
    }
}
