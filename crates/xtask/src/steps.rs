//! What is being done, how far it is, and how long it took the last time.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::settings::target;

/// Counts steps and tells how long each took.
pub struct Steps {
    total: usize,
    done: usize,
    begun: Instant,
    current: Option<(String, Instant)>,
    times: Times,
}

impl Steps {
    /// So many steps are ahead.
    pub fn new(total: usize) -> Self {
        Self {
            total,
            done: 0,
            begun: Instant::now(),
            current: None,
            times: Times::read(target("xtask-times.json")),
        }
    }

    /// Begins the next one.
    pub fn next(&mut self, what: &str) {
        self.finish();
        self.done += 1;
        let last = match self.times.of(what) {
            Some(seconds) if seconds > 0 => format!("; the last time this took {}", clock(seconds)),
            _ => String::new(),
        };
        println!(
            "▸ [{}/{}] {what}  ({}{last})",
            self.done,
            self.total,
            clock(self.begun.elapsed().as_secs()),
        );
        self.current = Some((what.to_owned(), Instant::now()));
    }

    /// Ends the current one, whose time then counts. A step that fails does not come this far.
    pub fn finish(&mut self) {
        if let Some((what, begun)) = self.current.take() {
            self.times.keep(what, begun.elapsed().as_secs());
        }
    }
}

/// Seconds as `1:05`.
fn clock(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// How many seconds each step took when it was last done, in a file.
struct Times {
    file: PathBuf,
    seconds: BTreeMap<String, u64>,
}

impl Times {
    /// What is not there, or not legible, is none.
    fn read(file: PathBuf) -> Self {
        let text = fs::read(&file).ok();
        let seconds = text.and_then(|text| serde_json::from_slice(&text).ok());
        Self {
            seconds: seconds.unwrap_or_default(),
            file,
        }
    }

    fn of(&self, what: &str) -> Option<u64> {
        self.seconds.get(what).copied()
    }

    fn keep(&mut self, what: String, seconds: u64) {
        self.seconds.insert(what, seconds);
        // Only a help to whoever waits: no reason to stop.
        let _ = self.write(&self.file);
    }

    fn write(&self, file: &Path) -> anyhow::Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(fs::write(file, serde_json::to_vec_pretty(&self.seconds)?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_time_is_kept_and_a_file_that_is_not_legible_is_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("target/times.json");
        let mut times = Times::read(file.clone());
        assert_eq!(times.of("lints"), None);
        times.keep("lints".to_owned(), 65);
        times.keep("lints".to_owned(), 61);
        assert_eq!(Times::read(file.clone()).of("lints"), Some(61));
        fs::write(&file, "{").expect("written");
        assert_eq!(Times::read(file).of("lints"), None);
    }

    #[test]
    fn seconds_are_told_as_a_clock_does() {
        assert_eq!(
            (clock(5), clock(65)),
            ("0:05".to_owned(), "1:05".to_owned())
        );
    }
}
