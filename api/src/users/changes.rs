//! Changes that others made: other replicas, and SQL typed by hand.
//!
//! `PostgreSQL` tells of each (`NOTIFY`, by a trigger of the migrations). The connection that
//! listens may be lost: after it is back, everything that is watched is read again before
//! anything else is said. `SQLite` has a counter that commits of other processes move.

use std::sync::Arc;
use std::time::Duration;

use clerk_axum::Secret;
use sea_orm::sqlx::postgres::PgListener;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use tokio::time::{Instant, sleep, timeout_at};

use super::Users;
use super::reads::find_all;

/// The channel of the trigger.
const CHANNEL: &str = "users";
/// How often this process says something on the channel, to hear itself.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// After how long a silence the connection counts as lost.
const SILENCE_MAX: Duration = Duration::from_secs(25);
/// The pause before a lost connection is made again; it doubles up to the longest.
const PAUSE: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// How often `SQLite`'s counter is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How many rows are read again at a time.
const CHUNK: usize = 500;

/// Tells watchers of changes that others made. Never ends.
///
/// `listen_url` is the database for `LISTEN`, which a pooler in transaction mode cannot serve.
pub async fn follow(users: Users, listen_url: Secret) {
    let mut pause = PAUSE;
    loop {
        let begun = Instant::now();
        let result = if users.db.is_shared() {
            listen(&users, listen_url.expose()).await
        } else {
            look(&users).await
        };
        if let Err(error) = result {
            tracing::warn!(%error, "changes by other processes are not being received; trying again");
        }
        // A connection that held for a while begins anew with a short pause.
        pause = if begun.elapsed() > SILENCE_MAX {
            PAUSE
        } else {
            (pause * 2).min(PAUSE_MAX)
        };
        sleep(pause).await;
    }
}

/// Why the connection that listens was given up.
#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error(transparent)]
    Listener(#[from] sea_orm::sqlx::Error),
    #[error("the connection was closed")]
    Closed,
    #[error(
        "nothing was heard for {} s: is there a pooler in transaction mode? \
         Then set DATABASE_LISTEN_URL to the database itself", SILENCE_MAX.as_secs()
    )]
    Silent,
}

async fn listen(users: &Users, url: &str) -> Result<(), Lost> {
    let mut listener = PgListener::connect(url).await?;
    listener.listen(CHANNEL).await?;
    // Whatever was committed before we listened.
    refresh(users, users.hub.people()).await?;
    let mut heartbeat = Heartbeat::start(users);
    loop {
        let first = timeout_at(heartbeat.silent_at, listener.try_recv())
            .await
            .map_err(|_| Lost::Silent)??
            .ok_or(Lost::Closed)?;
        heartbeat.heard();
        let mut changed = Vec::new();
        let mut next = Some(first);
        while let Some(notification) = next {
            changed.extend(watched(users, notification.payload()));
            next = listener.next_buffered();
        }
        changed.sort();
        changed.dedup();
        refresh(users, changed).await?;
    }
}

/// Those whom a notification concerns and whose watchers do not know of it yet.
fn watched(users: &Users, payload: &str) -> Vec<Arc<str>> {
    match payload.split_once(' ') {
        Some((version, clerk_id)) => {
            let version = version.parse().unwrap_or(i64::MAX);
            match users.hub.known(clerk_id) {
                Some(known) if known < version => vec![clerk_id.into()],
                _ => Vec::new(),
            }
        }
        None if payload == "*" => users.hub.people(),
        None => Vec::new(),
    }
}

/// Makes this process say something every now and then, until dropped.
struct Heartbeat {
    silent_at: Instant,
    task: tokio::task::JoinHandle<()>,
}

impl Heartbeat {
    fn start(users: &Users) -> Self {
        let db = users.db.write.clone();
        let task = tokio::spawn(async move {
            loop {
                sleep(HEARTBEAT).await;
                // A failure is heard as silence.
                let _ = db
                    .execute_unprepared(&format!("SELECT pg_notify('{CHANNEL}', '')"))
                    .await;
            }
        });
        Self {
            silent_at: Instant::now() + SILENCE_MAX,
            task,
        }
    }

    fn heard(&mut self) {
        self.silent_at = Instant::now() + SILENCE_MAX;
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Follows `SQLite`'s `data_version`. Asked on the connection that writes, it moves only when
/// another process has committed (<https://sqlite.org/pragma.html#pragma_data_version>).
async fn look(users: &Users) -> Result<(), Lost> {
    let statement = Statement::from_string(
        users.db.write.get_database_backend(),
        "PRAGMA data_version".to_owned(),
    );
    let mut last: Option<i64> = None;
    loop {
        let row = users.db.write.query_one_raw(statement.clone()).await?;
        let version = row.map(|row| row.try_get_by_index(0)).transpose()?;
        if last.is_some() && version != last {
            users.reads.forget_all();
            refresh(users, users.hub.people()).await?;
        }
        last = version;
        sleep(LOOK_EVERY).await;
    }
}

/// Reads these people's rows and tells their watchers.
async fn refresh(users: &Users, people: Vec<Arc<str>>) -> Result<(), DbErr> {
    for chunk in people.chunks(CHUNK) {
        let known: Vec<_> = chunk
            .iter()
            .map(|clerk_id| users.hub.known(clerk_id))
            .collect();
        let found = find_all(&users.db, chunk).await?;
        for (clerk_id, known) in chunk.iter().zip(known) {
            match (found.get(&**clerk_id), known) {
                (Some(state), _) => users.hub.publish(clerk_id, state.clone()),
                (None, Some(version)) => users.hub.publish_gone(clerk_id, version),
                (None, None) => {}
            }
        }
    }
    Ok(())
}
