//! Reading rows, many at once.
//!
//! Requests that wait together are answered by one query. It begins after the last of them came,
//! so no answer is older than a write that was acknowledged before the request, whichever
//! process wrote it.
//!
//! In `SQLite` no other process is expected to write, so there a row is kept until it changes:
//! every write forgets the row after its commit and before its answer
//! ([`Reads::forget`]), and what others wrote to the file makes all be forgotten
//! ([`Reads::forget_all`]). A read that was under way meanwhile is not kept.

use std::collections::HashMap;
use std::sync::Arc;

use quick_cache::sync::Cache;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use tokio::sync::{Mutex, mpsc, oneshot};

use super::entity::{Column, Entity};
use super::snapshot::Snapshot;
use crate::db::{Database, in_time};
use crate::error::ApiError;

/// How many rows are kept in memory; each takes about half a KiB.
const KEPT_MAX: usize = 32 * 1024;
/// How many rows one query reads.
const BATCH_MAX: usize = 128;
/// How many queries there are at a time: while they run, those who come gather for the next.
const QUERIES_MAX: usize = 2;
/// How many requests wait before those that follow have to wait for a place.
const WAITING_MAX: usize = 1024;

type Kept = Cache<Arc<str>, Arc<Snapshot>>;
type Found = Result<Arc<Snapshot>, ApiError>;

struct Wanted {
    clerk_id: Arc<str>,
    answer: oneshot::Sender<Found>,
}

/// Reads rows. Clones share queries and what is kept.
#[derive(Clone, Debug)]
pub struct Reads {
    db: Database,
    waiting: mpsc::Sender<Wanted>,
    kept: Option<Arc<Kept>>,
}

impl Reads {
    /// Reads from this database.
    pub fn new(db: &Database) -> Self {
        let (waiting, queue) = mpsc::channel(WAITING_MAX);
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..QUERIES_MAX {
            tokio::spawn(answer_all(db.clone(), queue.clone()));
        }
        Self {
            db: db.clone(),
            waiting,
            kept: (!db.is_shared()).then(|| Arc::new(Cache::new(KEPT_MAX))),
        }
    }

    /// The person's newest state.
    pub async fn get(&self, clerk_id: &str) -> Found {
        self.db.file_last_checked()?;
        let Some(kept) = &self.kept else {
            return in_time(self.read(clerk_id.into())).await;
        };
        if let Some(snapshot) = kept.get(clerk_id) {
            return Ok(snapshot);
        }
        in_time(self.read_and_keep(kept, clerk_id.into())).await
    }

    async fn read_and_keep(&self, kept: &Kept, clerk_id: Arc<str>) -> Found {
        match kept.get_value_or_guard_async(&clerk_id).await {
            Ok(snapshot) => Ok(snapshot),
            Err(guard) => {
                let snapshot = self.read(clerk_id.clone()).await?;
                // Refused when the row was forgotten meanwhile: it may be of before.
                let _ = guard.insert(snapshot.clone());
                Ok(snapshot)
            }
        }
    }

    /// The row has changed.
    pub fn forget(&self, clerk_id: &str) {
        if let Some(kept) = &self.kept {
            kept.remove(clerk_id);
        }
    }

    /// Any row may have changed.
    pub fn forget_all(&self) {
        if let Some(kept) = &self.kept {
            kept.clear();
        }
    }

    async fn read(&self, clerk_id: Arc<str>) -> Found {
        let (answer, answered) = oneshot::channel();
        let wanted = Wanted { clerk_id, answer };
        // Both fail only when the tasks that answer are gone: the process stops.
        self.waiting
            .send(wanted)
            .await
            .map_err(|_| ApiError::Stopping)?;
        answered.await.map_err(|_| ApiError::Stopping)?
    }
}

/// Answers those who wait, as many as there are at a time.
async fn answer_all(db: Database, queue: Arc<Mutex<mpsc::Receiver<Wanted>>>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    loop {
        if queue.lock().await.recv_many(&mut batch, BATCH_MAX).await == 0 {
            return;
        }
        let ids: Vec<_> = batch.iter().map(|wanted| wanted.clerk_id.clone()).collect();
        match find_all(&db, &ids).await {
            Ok(found) => {
                let none = Arc::new(Snapshot::none(0));
                for Wanted { clerk_id, answer } in batch.drain(..) {
                    let snapshot = found.get(&*clerk_id).unwrap_or(&none).clone();
                    // Nobody waits any more when the client went away.
                    let _ = answer.send(Ok(snapshot));
                }
            }
            Err(error) => {
                let error = ApiError::from(error);
                for wanted in batch.drain(..) {
                    let _ = wanted.answer.send(Err(error.clone()));
                }
            }
        }
    }
}

/// The states of those of these people who have a row.
pub async fn find_all(
    db: &Database,
    clerk_ids: &[Arc<str>],
) -> Result<HashMap<String, Arc<Snapshot>>, sea_orm::DbErr> {
    let ids = clerk_ids.iter().map(ToString::to_string);
    let condition = if db.is_shared() {
        // One parameter, so one prepared statement whatever the number.
        Column::ClerkId.eq_any(ids)
    } else {
        // Powers of two, so that there are few statements to prepare.
        let last = clerk_ids.last().map(ToString::to_string);
        let padding = clerk_ids.len().next_power_of_two() - clerk_ids.len();
        Column::ClerkId.is_in(ids.chain(std::iter::repeat_n(last, padding).flatten()))
    };
    let rows = Entity::find().filter(condition).all(&db.read).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.clerk_id.clone(), Arc::new(Snapshot::from(row))))
        .collect())
}
