//! What is being done, and how far it is.

use std::time::Instant;

/// Counts steps and tells how long each took.
pub struct Steps {
    total: usize,
    done: usize,
    begun: Instant,
}

impl Steps {
    /// So many steps are ahead.
    pub fn new(total: usize) -> Self {
        Self {
            total,
            done: 0,
            begun: Instant::now(),
        }
    }

    /// Begins the next one.
    pub fn next(&mut self, what: &str) {
        self.done += 1;
        let seconds = self.begun.elapsed().as_secs();
        println!(
            "▸ [{}/{}] {what}  ({}:{:02})",
            self.done,
            self.total,
            seconds / 60,
            seconds % 60
        );
    }
}
