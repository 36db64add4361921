//! Writes on their way: in order, each once, whatever happens to connections, pages and tabs.
//!
//! All tabs of a browser know all writes; the one that leads sends them, one at a time. Each has a
//! key, which the server lets count once (`Idempotency-Key`): so whatever is not known to have
//! arrived is sent again.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::endpoint::Method;

/// How often in a row a write is sent that the server fails over: the next ones wait for it.
const BROKEN_MAX: u32 = 5;
/// Of how many that are done the keys are kept.
const DONE_MAX: usize = 256;

/// A write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
    /// Its idempotency key. Keys are sorted in the order in which the writes were made.
    pub key: String,
    /// How it is sent
    pub method: Method,
    /// The template of its endpoint's path
    pub template: String,
    /// Where it is sent
    pub path: String,
    /// Its parameters, in JSON
    pub params: String,
    /// What is written, in JSON
    pub input: String,
    /// The entity tag that must still be the one of what is written to
    pub if_match: Option<String>,
}

/// What became of a write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The HTTP status
    pub status: u16,
    /// What was answered
    pub body: String,
}

impl Outcome {
    /// Whether it was written.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// How sending a write ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It was written, or refused for good.
    Final(Outcome),
    /// The server failed over it, which may pass. It is sent again some times.
    Broken(Outcome),
    /// Nobody knows whether it arrived, or the server could not take it. It is sent again: after so
    /// many milliseconds, if the server said so.
    Lost(Option<u32>),
}

/// How far a write is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It waits to be sent.
    Waiting,
    /// It is being sent, by the tab that leads.
    Sent,
    /// It was written, but what the queries show may be older: until the server answers this sync.
    Written(Option<u64>),
}

/// What sending wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Todo {
    /// To send this
    Send(Write),
    /// To ask the server when everything is as new as what was written
    Sync(u64),
    /// To try again after so many milliseconds
    Wait(u32),
    /// To keep this write no longer than this page
    Forget(String),
    /// To tell all tabs, and whoever waits for it
    Settled(String, Outcome),
}

/// The writes of a browser, as one tab knows them.
#[derive(Debug, Default)]
pub struct Writes {
    all: Vec<(Write, Stage)>,
    leads: bool,
    is_connected: bool,
    syncs: u64,
    /// How many times in a row the first one was lost.
    losses: u32,
    /// Whether the next try is being waited for.
    is_waiting: bool,
    /// Keys of those that are done, the newest: what is heard of them late means nothing.
    done: VecDeque<String>,
}

impl Writes {
    /// Those that what the queries show does not have yet, in order.
    pub fn pending(&self) -> impl Iterator<Item = &Write> {
        self.all.iter().map(|(write, _)| write)
    }

    fn at(&self, key: &str) -> Option<usize> {
        self.all.iter().position(|(write, _)| write.key == key)
    }

    /// A write of this tab or another one.
    pub fn add(&mut self, write: Write) -> Vec<Todo> {
        if self.at(&write.key).is_some() || self.done.contains(&write.key) {
            return Vec::new();
        }
        let place = self.all.partition_point(|(it, _)| it.key < write.key);
        self.all.insert(place, (write, Stage::Waiting));
        self.next()
    }

    /// This tab sends from now on.
    pub fn lead(&mut self) -> Vec<Todo> {
        self.leads = true;
        self.next()
    }

    /// Sends the first that waits, unless one is on its way.
    fn next(&mut self) -> Vec<Todo> {
        let on_its_way = self.all.iter().any(|(_, stage)| *stage == Stage::Sent);
        if !self.leads || on_its_way || self.is_waiting {
            return Vec::new();
        }
        let first = self.all.iter_mut().find(|(_, it)| *it == Stage::Waiting);
        first
            .map(|(write, stage)| {
                *stage = Stage::Sent;
                Todo::Send(write.clone())
            })
            .into_iter()
            .collect()
    }

    /// How sending this one ended.
    pub fn answered(&mut self, key: &str, answer: Answer) -> Vec<Todo> {
        let Some(at) = self.at(key) else {
            return Vec::new();
        };
        match answer {
            Answer::Broken(_) if self.losses < BROKEN_MAX => self.answered(key, Answer::Lost(None)),
            Answer::Lost(after) => {
                self.all[at].1 = Stage::Waiting;
                self.is_waiting = true;
                let pause = crate::connection::pause(self.losses);
                self.losses += 1;
                vec![Todo::Wait(after.unwrap_or(pause))]
            }
            Answer::Final(outcome) | Answer::Broken(outcome) => {
                let mut todo = self.settled(key, &outcome);
                todo.push(Todo::Forget(key.to_owned()));
                todo.push(Todo::Settled(key.to_owned(), outcome));
                todo.extend(self.next());
                todo
            }
        }
    }

    /// What became of this one, as this tab or the one that leads has learnt.
    pub fn settled(&mut self, key: &str, outcome: &Outcome) -> Vec<Todo> {
        self.losses = 0;
        let Some(at) = self.at(key) else {
            return Vec::new();
        };
        if !outcome.is_success() {
            self.remove(at);
            return Vec::new();
        }
        let sync = (self.leads && self.is_connected).then(|| self.sync());
        self.all[at].1 = Stage::Written(sync);
        sync.map(Todo::Sync).into_iter().collect()
    }

    fn sync(&mut self) -> u64 {
        self.syncs += 1;
        self.syncs
    }

    /// What the queries show has this one in it.
    pub fn is_shown(&mut self, key: &str, outcome: Outcome) -> Vec<Todo> {
        let Some(at) = self.at(key) else {
            return Vec::new();
        };
        let stage = self.remove(at);
        if matches!(stage, Stage::Written(_)) || !self.leads {
            return self.next();
        }
        // The answer is late, or was lost.
        let key = key.to_owned();
        let mut todo = vec![Todo::Forget(key.clone()), Todo::Settled(key, outcome)];
        todo.extend(self.next());
        todo
    }

    /// The server can be asked: all that is written must be in the states of this connection.
    pub fn connected(&mut self) -> Vec<Todo> {
        self.is_connected = true;
        let written = |(_, stage): &(Write, Stage)| matches!(stage, Stage::Written(_));
        let mut todo = Vec::new();
        if self.all.iter().any(written) {
            let sync = self.sync();
            for (_, stage) in &mut self.all {
                if matches!(stage, Stage::Written(_)) {
                    *stage = Stage::Written(Some(sync));
                }
            }
            todo.push(Todo::Sync(sync));
        }
        todo.extend(self.again());
        todo
    }

    /// The server cannot be asked any more.
    pub fn disconnected(&mut self) {
        self.is_connected = false;
    }

    /// It may be worth another try.
    pub fn again(&mut self) -> Vec<Todo> {
        self.is_waiting = false;
        self.next()
    }

    /// The server answered this sync: the keys of those that the queries show by now.
    pub fn synced(&mut self, number: u64) -> Vec<String> {
        let shown = |stage: &Stage| matches!(stage, Stage::Written(Some(sync)) if *sync <= number);
        let gone = self.all.iter().filter(|(_, stage)| shown(stage));
        let keys: Vec<_> = gone.map(|(write, _)| write.key.clone()).collect();
        self.drop_shown(&keys);
        keys
    }

    /// The tab that leads says that the queries show these by now.
    pub fn drop_shown(&mut self, keys: &[String]) {
        for key in keys {
            if let Some(at) = self.at(key) {
                self.remove(at);
            }
        }
    }

    fn remove(&mut self, at: usize) -> Stage {
        let (write, stage) = self.all.remove(at);
        self.done.push_back(write.key);
        if self.done.len() > DONE_MAX {
            self.done.pop_front();
        }
        stage
    }
}
