//! Writers that remember what was acknowledged, and the check that all of it is there, once.
//!
//! Each change carries an idempotency key and is meant for the version before it alone: so one that
//! was written, and whose answer was lost, must get that answer when it is sent again, and 412 would
//! say that it was taken for another.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use crate::clerk_id;
use crate::issuer::Issuer;

/// How many write at once.
const WRITERS: usize = 16;
/// How often each person's row is changed.
const CHANGES: u64 = 5;
/// The pause after a write that was not acknowledged.
const PAUSE: Duration = Duration::from_millis(20);
/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(8);

/// One person's row, as far as it was acknowledged.
#[derive(Debug)]
struct Entry {
    person: usize,
    /// The version it began with.
    first: i64,
    /// The last change that was acknowledged; 0: none but the row itself.
    acknowledged: u64,
    /// The last change that was sent.
    sent: u64,
}

/// What a load did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Writes that were acknowledged.
    pub acknowledged: u64,
    /// Answers that said to come again, and connections that broke.
    pub refused: usize,
    /// Acknowledged writes that are not there.
    pub lost: u64,
}

/// Writers at work.
pub struct Writers {
    context: Arc<Shared>,
    tasks: Vec<tokio::task::JoinHandle<Vec<Entry>>>,
}

struct Shared {
    client: Client,
    address: SocketAddr,
    issuer: Arc<Issuer>,
    stop: AtomicBool,
    people: AtomicUsize,
    refused: AtomicUsize,
    /// Writes that were sent again and taken for others.
    doubled: AtomicUsize,
}

impl Writers {
    /// Lets them write to the API at this address.
    pub fn start(address: SocketAddr, issuer: Arc<Issuer>) -> Result<Self> {
        let context = Arc::new(Shared {
            client: Client::builder().timeout(TIMEOUT).build()?,
            address,
            issuer,
            stop: AtomicBool::new(false),
            people: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
            doubled: AtomicUsize::new(0),
        });
        let tasks = (0..WRITERS)
            .map(|_| tokio::spawn(write(context.clone())))
            .collect();
        Ok(Self { context, tasks })
    }

    /// Stops them, and looks for all that was acknowledged.
    pub async fn check(self) -> Result<Account> {
        self.context.stop.store(true, Ordering::Relaxed);
        let mut account = Account::default();
        for task in self.tasks {
            for entry in task.await? {
                account.acknowledged += 1 + entry.acknowledged;
                account.lost += self.context.lost(&entry).await?;
            }
        }
        account.refused = self.context.refused.load(Ordering::Relaxed);
        let doubled = self.context.doubled.load(Ordering::Relaxed);
        if doubled > 0 {
            bail!("{doubled} writes that were sent again were taken for others");
        }
        Ok(account)
    }
}

async fn write(context: Arc<Shared>) -> Vec<Entry> {
    let mut entries = Vec::new();
    while !context.stopped() {
        let person = context.people.fetch_add(1, Ordering::Relaxed);
        let Some(first) = context.insist(person, Shared::post).await else {
            break;
        };
        let mut entry = Entry {
            person,
            first,
            acknowledged: 0,
            sent: 0,
        };
        let mut version = first;
        for change in 1..=CHANGES {
            entry.sent = change;
            let put = |context: &Shared, person| context.put(person, change, version);
            let Some(written) = context.insist(person, put).await else {
                break;
            };
            version = written;
            entry.acknowledged = change;
        }
        entries.push(entry);
    }
    entries
}

impl Shared {
    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/api/users{path}", self.address)
    }

    fn token(&self, person: usize) -> Result<String> {
        self.issuer.token(&clerk_id(person))
    }

    fn post(&self, person: usize) -> Result<RequestBuilder> {
        let request = self.client.post(self.url(""));
        Ok(request.bearer_auth(self.token(person)?))
    }

    fn put(&self, person: usize, change: u64, upon: i64) -> Result<RequestBuilder> {
        let id = clerk_id(person);
        let body = json!({"clerkId": id, "email": "a@example.com", "name": change.to_string()});
        let request = self.client.put(self.url(&format!("/{id}")));
        let request = request.header("If-Match", format!("\"{upon}\""));
        let request = request.header("Idempotency-Key", format!("\"change {change}\""));
        Ok(request.bearer_auth(self.token(person)?).json(&body))
    }

    /// Sends until it is acknowledged; answers the version, or none when all shall stop.
    async fn insist(
        &self,
        person: usize,
        request: impl Fn(&Self, usize) -> Result<RequestBuilder>,
    ) -> Option<i64> {
        while !self.stopped() {
            let answer = request(self, person).ok()?.send().await;
            match answer {
                Ok(answer) if answer.status().is_success() => return version(&answer),
                Ok(answer) if answer.status() == StatusCode::PRECONDITION_FAILED => {
                    self.doubled.fetch_add(1, Ordering::Relaxed);
                    return None;
                }
                _ => {
                    self.refused.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        None
    }

    /// How many acknowledged writes of this person are not there.
    ///
    /// Each change is one version, so the version tells how many were written.
    async fn lost(&self, entry: &Entry) -> Result<u64> {
        let request = self.client.get(self.url("/me"));
        let answer = request
            .bearer_auth(self.token(entry.person)?)
            .send()
            .await?;
        if answer.status().as_u16() == 404 {
            return Ok(1 + entry.acknowledged);
        }
        let answer = answer.error_for_status()?;
        let version = version(&answer).context("a version")?;
        let row: Value = answer.json().await?;
        let name = row["name"].as_str().unwrap_or_default();
        let found: u64 = name.parse().unwrap_or(0);
        if found > entry.sent || version != entry.first + i64::try_from(found)? {
            bail!("a row that nobody wrote: {entry:?}, change {found}, version {version}");
        }
        Ok(entry.acknowledged.saturating_sub(found))
    }
}

fn version(answer: &Response) -> Option<i64> {
    let etag = answer.headers().get("etag")?.to_str().ok()?;
    etag.trim_matches('"').parse().ok()
}
