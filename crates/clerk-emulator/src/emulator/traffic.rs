//! The newest requests with their answers, for the dashboard.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

/// How many requests are remembered.
const KEPT: usize = 300;

/// The newest requests with their answers.
#[derive(Default)]
pub struct Traffic(Mutex<(u64, VecDeque<Value>)>);

impl Traffic {
    /// Remembers one, and numbers it.
    pub fn note(&self, mut entry: Value) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.0 += 1;
        entry["number"] = json!(kept.0);
        if kept.1.len() == KEPT {
            kept.1.pop_front();
        }
        kept.1.push_back(entry);
    }

    /// The requests after the one of this number, oldest first.
    pub fn after(&self, number: u64) -> Vec<Value> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let newer = |it: &&Value| it["number"].as_u64().is_some_and(|it| it > number);
        kept.1.iter().filter(newer).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_requests_are_forgotten() {
        let traffic = Traffic::default();
        (0..KEPT + 5).for_each(|_| traffic.note(json!({})));
        assert_eq!(traffic.after(0).len(), KEPT);
        assert_eq!(traffic.after(KEPT as u64 + 3).len(), 2);
    }
}
