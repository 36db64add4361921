//! Live queries: who watches which person, and the newest state each has to see.
//!
//! A change is published after it is committed. Every state has a version that only grows, so
//! states may arrive twice or out of order: an older one is dropped. A slow watcher finds the
//! newest state when it looks, never a backlog.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use shared::User;
use tokio::sync::watch;

/// What there is to see of one person at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Grows with every change; 0 before the row exists.
    pub version: i64,
    /// The row; none before it exists and after it was deleted.
    pub user: Option<User>,
}

type Watched = HashMap<String, watch::Sender<State>>;

/// All watchers of this process.
#[derive(Clone, Debug, Default)]
pub struct Hub(Arc<Mutex<Watched>>);

impl Hub {
    fn watched(&self) -> MutexGuard<'_, Watched> {
        // Nothing panics while the lock is held, and the map is consistent at every step.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells everybody who watches this person.
    pub fn publish(&self, clerk_id: &str, state: State) {
        if let Some(sender) = self.watched().get(clerk_id) {
            sender.send_if_modified(|current| {
                let newer = state.version > current.version;
                if newer {
                    *current = state;
                }
                newer
            });
        }
    }

    /// Starts to watch a person. Subscribe first and read the row afterwards: then no change
    /// falls in between.
    pub fn subscribe(&self, clerk_id: &str) -> Subscription {
        let receiver = self
            .watched()
            .entry(clerk_id.to_owned())
            .or_insert_with(|| watch::Sender::new(State::default()))
            .subscribe();
        Subscription {
            hub: self.clone(),
            clerk_id: clerk_id.to_owned(),
            receiver,
        }
    }
}

/// One watcher. Dropping it ends the watch.
#[derive(Debug)]
pub struct Subscription {
    hub: Hub,
    clerk_id: String,
    receiver: watch::Receiver<State>,
}

impl Subscription {
    /// Waits for a state newer than `version`.
    pub async fn newer_than(&mut self, version: i64) -> State {
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
        if let Entry::Occupied(entry) = watched.entry(std::mem::take(&mut self.clerk_id))
            // This receiver is still counted.
            && entry.get().receiver_count() <= 1
        {
            entry.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(version: i64) -> State {
        State {
            version,
            user: None,
        }
    }

    #[tokio::test]
    async fn a_slow_watcher_sees_the_newest_state_only() {
        let hub = Hub::default();
        let mut watcher = hub.subscribe("user_a");
        hub.publish("user_a", state(1));
        hub.publish("user_a", state(3));
        hub.publish("user_a", state(2));
        assert_eq!(watcher.newer_than(0).await, state(3));
    }

    #[tokio::test]
    async fn nobody_hears_of_another_person() {
        let hub = Hub::default();
        let mut watcher = hub.subscribe("user_a");
        hub.publish("user_b", state(1));
        hub.publish("user_a", state(7));
        assert_eq!(watcher.newer_than(0).await.version, 7);
    }

    #[tokio::test]
    async fn the_last_watcher_leaves_nothing_behind() {
        let hub = Hub::default();
        let first = hub.subscribe("user_a");
        let mut second = hub.subscribe("user_a");
        drop(first);
        hub.publish("user_a", state(1));
        assert_eq!(second.newer_than(0).await.version, 1);
        drop(second);
        assert!(hub.watched().is_empty());
    }
}
