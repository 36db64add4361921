//! What passed and what failed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::process::{Running, status, stopped};

/// How many checks passed and failed so far. A check is a test, or a command that has none.
#[derive(Default)]
pub struct Tally {
    passed: usize,
    failed: usize,
    skipped: usize,
}

impl Tally {
    /// A command that passes or fails as a whole.
    pub fn command(&mut self, name: &str, command: &mut Command) -> Result<()> {
        if status(name, command)?.success() {
            self.passed += 1;
        } else {
            eprintln!("✗ {name} failed");
            self.failed += 1;
        }
        Ok(())
    }

    /// A step of ours that passes or fails as a whole.
    pub fn step(&mut self, name: &str, result: Result<()>) -> Result<()> {
        if stopped() {
            bail!("stopped");
        }
        match result {
            Ok(()) => self.passed += 1,
            Err(error) => {
                eprintln!("✗ {name}: {error:#}");
                self.failed += 1;
            }
        }
        Ok(())
    }

    /// Test programs, whose results are counted.
    pub fn tests(&mut self, command: &mut Command) -> Result<()> {
        let before = self.failed;
        command.stdout(Stdio::piped());
        let mut running = Running::start("cargo test", command)?;
        let lines = running
            .output()
            .into_iter()
            .flat_map(|it| BufReader::new(it).lines());
        for line in lines.map_while(Result::ok) {
            println!("{line}");
            self.count(&line);
            if stopped() {
                bail!("stopped");
            }
        }
        let succeeded = running.wait()?.success();
        // A test program that does not compile or dies has no line with a number.
        if !succeeded && self.failed == before {
            self.failed += 1;
        }
        Ok(())
    }

    /// `test result: ok. 3 passed; 0 failed; 0 ignored; …`
    fn count(&mut self, line: &str) {
        let Some(result) = line.trim().strip_prefix("test result: ") else {
            return;
        };
        for part in result.split([';', '.']) {
            let mut words = part.split_whitespace();
            let number = words.next().and_then(|word| word.parse::<usize>().ok());
            match (number, words.next()) {
                (Some(number), Some("passed")) => self.passed += number,
                (Some(number), Some("failed")) => self.failed += number,
                (Some(number), Some("ignored")) => self.skipped += number,
                _ => {}
            }
        }
    }

    /// Whether not even one test ran.
    pub fn is_empty(&self) -> bool {
        self.passed + self.failed + self.skipped == 0
    }

    /// Prints the sum; an error if something failed.
    pub fn close(self) -> Result<()> {
        if Path::new("target/e2e").is_dir() && self.failed > 0 {
            println!("\nScreenshots and logs of the failed browser tests are in target/e2e.");
        }
        let skipped = if self.skipped > 0 {
            format!(", {} skipped", self.skipped)
        } else {
            String::new()
        };
        println!("\n{} passed, {} failed{skipped}", self.passed, self.failed);
        if self.failed > 0 {
            bail!("some checks failed");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_test_programs_are_added_up() {
        let mut tally = Tally::default();
        tally.count("test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out");
        tally.count("test result: FAILED. 2 passed; 4 failed; 0 ignored; finished in 0.11s");
        tally.count("test 7 passed");
        assert_eq!((tally.passed, tally.failed, tally.skipped), (5, 4, 1));
    }
}
