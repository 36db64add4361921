//! The state: one file, changed by transactions that are on disk before the answer is sent.
//!
//! Every kind of record is JSON, found by its id; index entries follow from the record itself
//! ([`Record::keys`]) and are kept in step by [`Transaction::put`], newest last, so that no page
//! needs more than the rows it shows.

mod migrate;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use redb::backends::InMemoryBackend;
use redb::{
    Database, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition, TransactionError,
    WriteTransaction,
};

use crate::error::ClerkError;
use crate::model::Record;

/// `kind␀id` → JSON
const RECORDS: TableDefinition<'static, &'static str, &'static [u8]> =
    TableDefinition::new("records");
/// `kind␀index␀value␀order␀id`, order being 16 hexadecimal digits
const INDEX: TableDefinition<'static, &'static str, ()> = TableDefinition::new("index");
/// kind → number of records
const COUNTS: TableDefinition<'static, &'static str, u64> = TableDefinition::new("counts");
/// Single values, by name.
const VALUES: TableDefinition<'static, &'static str, &'static str> = TableDefinition::new("values");

/// How much of the file is kept in memory, in bytes.
const CACHE: usize = 64 * 1024 * 1024;
/// The same for a state that is in memory anyway.
const CACHE_OF_MEMORY: usize = 4 * 1024 * 1024;

/// Under this name stand the signing keys: a JSON array of PEM texts, the one in use first.
pub const SIGNING_KEYS: &str = "signing_keys";

/// The index that every record is in: all of its kind, by age.
pub const ALL: (&str, &str) = ("all", "");

/// Why the state cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has the file open.
    #[error("another emulator is using this data directory; stop it or set EMULATOR_DATA_DIR")]
    InUse,
    /// The directory cannot be made.
    #[error("the data directory cannot be created: {0}")]
    Directory(#[from] std::io::Error),
    /// The file cannot be read or written.
    #[error("the state cannot be read or written: {0}")]
    Database(redb::Error),
    /// A record is not what it should be.
    #[error("a record cannot be read: {0}")]
    Record(#[from] serde_json::Error),
    /// The file was written by a newer version.
    #[error(
        "the state was written by a newer emulator (format {0}); use that one, or another EMULATOR_DATA_DIR"
    )]
    Newer(String),
}

macro_rules! from_redb {
    ($($error:ident),*) => {
        $(impl From<redb::$error> for StoreError {
            fn from(error: redb::$error) -> Self {
                Self::Database(error.into())
            }
        })*
    };
}
from_redb!(
    CommitError,
    DatabaseError,
    StorageError,
    TableError,
    TransactionError
);

/// The state. Clones share it.
#[derive(Clone)]
pub struct Store(Arc<Kept>);

struct Kept {
    /// None: in memory.
    file: Option<PathBuf>,
    /// None while a file that failed cannot be opened again.
    database: RwLock<Option<Database>>,
}

impl Store {
    /// Opens the state kept in `directory`, which is made if need be; brings an older format up
    /// to date.
    pub fn open(directory: &Path) -> Result<Self, StoreError> {
        let file = directory.join("state.redb");
        private(directory, &file)?;
        let database = open(&file)?;
        Self::with(database, Some(file))
    }

    /// A state that ends with the process.
    pub fn in_memory() -> Result<Self, StoreError> {
        let database = Database::builder()
            .set_cache_size(CACHE_OF_MEMORY)
            .create_with_backend(InMemoryBackend::new())?;
        Self::with(database, None)
    }

    fn with(database: Database, file: Option<PathBuf>) -> Result<Self, StoreError> {
        let transaction = database.begin_write()?;
        transaction.open_table(RECORDS)?;
        transaction.open_table(INDEX)?;
        transaction.open_table(COUNTS)?;
        transaction.open_table(VALUES)?;
        transaction.commit()?;
        let database = RwLock::new(Some(database));
        let store = Self(Arc::new(Kept { file, database }));
        migrate::run(&store)?;
        Ok(store)
    }

    /// Runs `work` as one transaction. What it wrote is on disk when this returns; an error
    /// takes everything back, unless it says that it counts ([`ClerkError::counts`]): a wrong
    /// guess must.
    pub fn write<T>(
        &self,
        work: impl FnOnce(&Transaction) -> Result<T, ClerkError>,
    ) -> Result<T, ClerkError> {
        self.with_database(|database| {
            let begun = database.begin_write().map_err(ClerkError::internal)?;
            let transaction = Transaction::Write(Box::new(begun));
            let result = work(&transaction);
            if let Transaction::Write(begun) = transaction {
                if result.as_ref().err().is_none_or(ClerkError::does_count) {
                    begun.commit().map_err(ClerkError::internal)?;
                } else {
                    begun.abort().map_err(ClerkError::internal)?;
                }
            }
            result
        })
    }

    /// Runs `work` on the state as it is now; any number may do so at once.
    pub fn read<T>(
        &self,
        work: impl FnOnce(&Transaction) -> Result<T, ClerkError>,
    ) -> Result<T, ClerkError> {
        self.with_database(|database| {
            let begun = database.begin_read().map_err(ClerkError::internal)?;
            work(&Transaction::Read(begun))
        })
    }

    fn with_database<T>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, ClerkError>,
    ) -> Result<T, ClerkError> {
        let kept = self.0.database.read();
        let kept = kept.unwrap_or_else(PoisonError::into_inner);
        if let Some(database) = &*kept {
            let result = work(database);
            drop(kept);
            if result.as_ref().err().is_some_and(ClerkError::is_internal) {
                self.heal();
            }
            return result;
        }
        drop(kept);
        self.heal();
        let kept = self.0.database.read();
        let kept = kept.unwrap_or_else(PoisonError::into_inner);
        work(
            kept.as_ref()
                .ok_or_else(|| ClerkError::internal("the state is not open"))?,
        )
    }

    /// After one failure of the disk a database refuses everything until it is opened anew: what
    /// was committed is there then, and nothing else.
    fn heal(&self) {
        let Some(file) = &self.0.file else { return };
        let kept = self.0.database.write();
        let mut kept = kept.unwrap_or_else(PoisonError::into_inner);
        let failed = |database: &Database| {
            matches!(
                database.begin_write().map(WriteTransaction::abort),
                Err(TransactionError::Storage(_)) | Ok(Err(_))
            )
        };
        if kept.as_ref().is_some_and(|database| !failed(database)) {
            return;
        }
        // The file is locked until it is let go of.
        kept.take();
        match open(file) {
            Ok(database) => *kept = Some(database),
            Err(error) => tracing::error!(%error, "the state cannot be opened again yet"),
        }
    }
}

fn open(file: &Path) -> Result<Database, StoreError> {
    let opened = Database::builder().set_cache_size(CACHE).create(file);
    opened.map_err(|error| match error {
        redb::DatabaseError::DatabaseAlreadyOpen => StoreError::InUse,
        error => error.into(),
    })
}

/// Makes the file in its folder, if need be: nobody but its owner reads it, at no moment. It holds
/// the signing keys and password hashes.
fn private(directory: &Path, file: &Path) -> Result<(), std::io::Error> {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
    if let Some(parent) = directory.parent() {
        std::fs::create_dir_all(parent)?;
    }
    match std::fs::DirBuilder::new().mode(0o700).create(directory) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true).mode(0o600);
    // One that was there may have been readable to others.
    options
        .open(file)?
        .set_permissions(std::fs::Permissions::from_mode(0o600))
}

/// Which part of a list is wanted, and in which order.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// How many to pass over.
    pub offset: usize,
    /// How many at most.
    pub limit: usize,
    /// Oldest first instead of newest first.
    pub oldest_first: bool,
}

impl Page {
    /// Everything, newest first.
    pub const WHOLE: Self = Self {
        offset: 0,
        limit: usize::MAX,
        oldest_first: false,
    };
    /// Everything, oldest first.
    pub const OLDEST_FIRST: Self = Self {
        oldest_first: true,
        ..Self::WHOLE
    };
}

/// One transaction. Failures of the disk become Clerk's internal error.
pub enum Transaction {
    Read(ReadTransaction),
    Write(Box<WriteTransaction>),
}

/// Opens a table for reading, in either kind of transaction.
macro_rules! reading {
    ($transaction:expr, $table:expr, |$opened:ident| $work:expr) => {
        match $transaction {
            Transaction::Read(begun) => {
                let $opened = begun.open_table($table)?;
                $work
            }
            Transaction::Write(begun) => {
                let $opened = begun.open_table($table)?;
                $work
            }
        }
    };
}

impl Transaction {
    /// The record of this id.
    pub fn get<R: Record>(&self, id: &str) -> Result<Option<R>, ClerkError> {
        self.read_record(id).map_err(ClerkError::internal)
    }

    /// The record of this id.
    ///
    /// # Errors
    /// Clerk's 404 when there is none.
    pub fn need<R: Record>(&self, id: &str) -> Result<R, ClerkError> {
        self.get(id)?.ok_or_else(|| ClerkError::not_found(R::NAME))
    }

    /// The oldest record with this value in this index.
    pub fn find<R: Record>(&self, index: &str, value: &str) -> Result<Option<R>, ClerkError> {
        let page = Page {
            limit: 1,
            ..Page::OLDEST_FIRST
        };
        Ok(self.list(index, value, page)?.pop())
    }

    /// The records with this value in this index.
    pub fn list<R: Record>(
        &self,
        index: &str,
        value: &str,
        page: Page,
    ) -> Result<Vec<R>, ClerkError> {
        let ids = self
            .ids::<R>(index, value, page)
            .map_err(ClerkError::internal)?;
        let mut records = Vec::with_capacity(ids.len());
        for id in ids {
            records.extend(self.get(&id)?);
        }
        Ok(records)
    }

    /// How many records have this value in this index.
    pub fn count<R: Record>(&self, index: &str, value: &str) -> Result<usize, ClerkError> {
        let count = || -> Result<usize, StoreError> {
            if (index, value) == ALL {
                let counted = reading!(self, COUNTS, |table| table
                    .get(R::KIND)?
                    .map_or(0, |count| count.value()));
                return Ok(usize::try_from(counted).unwrap_or(usize::MAX));
            }
            Ok(self.ids::<R>(index, value, Page::WHOLE)?.len())
        };
        count().map_err(ClerkError::internal)
    }

    /// Keeps a record, new or changed, and its place in the indexes.
    pub fn put<R: Record>(&self, record: &R) -> Result<(), ClerkError> {
        self.write_record(record).map_err(ClerkError::internal)
    }

    /// Forgets a record.
    pub fn delete<R: Record>(&self, id: &str) -> Result<(), ClerkError> {
        let delete = || -> Result<(), StoreError> {
            let Some(old) = self.indexed::<R>(id)? else {
                return Ok(());
            };
            let begun = self.writing();
            let mut index = begun.open_table(INDEX)?;
            for entry in old {
                index.remove(entry.as_str())?;
            }
            begun.open_table(RECORDS)?.remove(key::<R>(id).as_str())?;
            change_count(begun, R::KIND, |count| count.saturating_sub(1))
        };
        delete().map_err(ClerkError::internal)
    }

    /// Forgets all but the newest records with this value in this index; answers the forgotten.
    pub fn keep_newest<R: Record>(
        &self,
        index: &str,
        value: &str,
        most: usize,
    ) -> Result<Vec<R>, ClerkError> {
        let surplus = Page {
            offset: most,
            ..Page::WHOLE
        };
        let ids = self.ids::<R>(index, value, surplus);
        let mut forgotten = Vec::new();
        for id in ids.map_err(ClerkError::internal)? {
            forgotten.extend(self.get(&id)?);
            self.delete::<R>(&id)?;
        }
        Ok(forgotten)
    }

    /// A single value.
    pub fn value(&self, name: &str) -> Result<Option<String>, ClerkError> {
        let read = || -> Result<Option<String>, StoreError> {
            Ok(reading!(self, VALUES, |table| table
                .get(name)?
                .map(|value| value.value().to_owned())))
        };
        read().map_err(ClerkError::internal)
    }

    /// Keeps a single value.
    pub fn put_value(&self, name: &str, value: &str) -> Result<(), ClerkError> {
        let write = || -> Result<(), StoreError> {
            self.writing().open_table(VALUES)?.insert(name, value)?;
            Ok(())
        };
        write().map_err(ClerkError::internal)
    }

    /// Every record as JSON, by kind and id, for an export.
    pub fn everything(&self) -> Result<Vec<(String, String, serde_json::Value)>, ClerkError> {
        let read = || -> Result<_, StoreError> {
            reading!(self, RECORDS, |table| {
                let mut all = Vec::new();
                for entry in table.iter()? {
                    let (key, bytes) = entry?;
                    if let Some((kind, id)) = key.value().split_once('\0')
                        && let Some(record) = readable(kind, id, bytes.value())
                    {
                        all.push((kind.to_owned(), id.to_owned(), record));
                    }
                }
                Ok(all)
            })
        };
        read().map_err(ClerkError::internal)
    }

    /// Forgets every record; single values stay.
    pub fn clear(&self) -> Result<(), ClerkError> {
        let clear = || -> Result<(), StoreError> {
            let begun = self.writing();
            begun.open_table(RECORDS)?.retain(|_, _| false)?;
            begun.open_table(INDEX)?.retain(|_, ()| false)?;
            begun.open_table(COUNTS)?.retain(|_, _| false)?;
            Ok(())
        };
        clear().map_err(ClerkError::internal)
    }

    fn writing(&self) -> &WriteTransaction {
        match self {
            Self::Write(begun) => begun,
            Self::Read(_) => unreachable!("a handler that writes is registered as one"),
        }
    }

    fn read_record<R: Record>(&self, id: &str) -> Result<Option<R>, StoreError> {
        reading!(self, RECORDS, |table| {
            let found = table.get(key::<R>(id).as_str())?;
            Ok(found.and_then(|bytes| readable(R::KIND, id, bytes.value())))
        })
    }

    /// The index entries of the record of this id, if there is one. Those of one that cannot be
    /// read are looked for.
    fn indexed<R: Record>(&self, id: &str) -> Result<Option<Vec<String>>, StoreError> {
        if let Some(record) = self.read_record::<R>(id)? {
            return Ok(Some(entries(&record)));
        }
        reading!(self, RECORDS, |table| {
            if table.get(key::<R>(id).as_str())?.is_none() {
                return Ok(None);
            }
        });
        let (first, end) = (format!("{}\0", R::KIND), format!("\0{id}"));
        reading!(self, INDEX, |table| {
            let mut all = Vec::new();
            for entry in table.range(first.as_str()..)? {
                let entry = entry?.0.value().to_owned();
                if !entry.starts_with(&first) {
                    break;
                }
                if entry.ends_with(&end) {
                    all.push(entry);
                }
            }
            Ok(Some(all))
        })
    }

    fn write_record<R: Record>(&self, record: &R) -> Result<(), StoreError> {
        let bytes = serde_json::to_vec(record)?;
        // What could not be read again is not kept.
        serde_json::from_slice::<R>(&bytes)?;
        let before = self.indexed::<R>(record.id())?;
        let begun = self.writing();
        let is_new = before.is_none();
        let old = before.unwrap_or_default();
        let new = entries(record);
        if old != new {
            let mut index = begun.open_table(INDEX)?;
            for entry in old.iter().filter(|entry| !new.contains(entry)) {
                index.remove(entry.as_str())?;
            }
            for entry in &new {
                index.insert(entry.as_str(), ())?;
            }
        }
        if is_new {
            change_count(begun, R::KIND, |count| count + 1)?;
        }
        begun
            .open_table(RECORDS)?
            .insert(key::<R>(record.id()).as_str(), bytes.as_slice())?;
        Ok(())
    }

    /// Makes a record that cannot be read.
    #[cfg(test)]
    pub fn damage<R: Record>(&self, id: &str) {
        let table = self.writing().open_table(RECORDS);
        let mut table = table.expect("a table");
        let key = key::<R>(id);
        table.insert(key.as_str(), b"{".as_slice()).expect("a row");
    }

    fn ids<R: Record>(
        &self,
        index: &str,
        value: &str,
        page: Page,
    ) -> Result<Vec<String>, StoreError> {
        let prefix = format!("{}\0{index}\0{value}\0", R::KIND);
        // No entry has a byte above hexadecimal digits right behind the prefix.
        let end = format!("{prefix}\u{7f}");
        let id = |entry: &str| entry[prefix.len() + 17..].to_owned();
        reading!(self, INDEX, |table| {
            let range = table.range(prefix.as_str()..end.as_str())?;
            let take = |entry: Result<(redb::AccessGuard<'_, &str>, _), redb::StorageError>| {
                entry.map(|(key, _): (_, redb::AccessGuard<'_, ()>)| id(key.value()))
            };
            let ids: Result<Vec<String>, _> = if page.oldest_first {
                range.skip(page.offset).take(page.limit).map(take).collect()
            } else {
                range
                    .rev()
                    .skip(page.offset)
                    .take(page.limit)
                    .map(take)
                    .collect()
            };
            Ok(ids?)
        })
    }
}

/// A record, unless it cannot be read: one that was damaged must not stop everything else.
fn readable<T: serde::de::DeserializeOwned>(kind: &str, id: &str, bytes: &[u8]) -> Option<T> {
    serde_json::from_slice(bytes)
        .inspect_err(
            |error| tracing::error!(%error, "the {kind} {id} cannot be read; it is passed over"),
        )
        .ok()
}

fn key<R: Record>(id: &str) -> String {
    format!("{}\0{id}", R::KIND)
}

/// The index entries of a record.
fn entries<R: Record>(record: &R) -> Vec<String> {
    let mut keys = record.keys();
    keys.push((ALL.0, ALL.1.to_owned()));
    keys.into_iter()
        .map(|(index, value)| {
            format!(
                "{}\0{index}\0{value}\0{:016x}\0{}",
                R::KIND,
                record.order().max(0),
                record.id()
            )
        })
        .collect()
}

fn change_count(
    begun: &WriteTransaction,
    kind: &str,
    change: impl FnOnce(u64) -> u64,
) -> Result<(), StoreError> {
    let mut counts = begun.open_table(COUNTS)?;
    let before = counts.get(kind)?.map_or(0, |count| count.value());
    counts.insert(kind, change(before))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Note {
        id: String,
        at: i64,
        of: String,
    }

    impl Record for Note {
        const KIND: &'static str = "note";
        const NAME: &'static str = "The note";
        fn id(&self) -> &str {
            &self.id
        }
        fn order(&self) -> i64 {
            self.at
        }
        fn keys(&self) -> Vec<(&'static str, String)> {
            vec![("of", self.of.clone())]
        }
    }

    fn note(id: &str, at: i64, of: &str) -> Note {
        Note {
            id: id.to_owned(),
            at,
            of: of.to_owned(),
        }
    }

    fn ids(transaction: &Transaction, of: &str, page: Page) -> Vec<String> {
        let notes = transaction.list::<Note>("of", of, page).expect("a list");
        notes.into_iter().map(|note| note.id).collect()
    }

    #[test]
    fn lists_are_by_age_and_follow_a_change() {
        let store = Store::in_memory().expect("a store");
        let done = store.write(|transaction| {
            transaction.put(&note("b", 2, "ada"))?;
            transaction.put(&note("a", 1, "ada"))?;
            transaction.put(&note("c", 3, "eve"))?;
            transaction.put(&note("c", 3, "ada"))?;
            assert_eq!(ids(transaction, "ada", Page::WHOLE), ["c", "b", "a"]);
            assert_eq!(ids(transaction, "ada", Page::OLDEST_FIRST), ["a", "b", "c"]);
            assert!(ids(transaction, "eve", Page::WHOLE).is_empty());
            assert_eq!(transaction.count::<Note>(ALL.0, ALL.1)?, 3);
            transaction.delete::<Note>("b")?;
            let second = Page {
                offset: 1,
                limit: 1,
                ..Page::WHOLE
            };
            assert_eq!(ids(transaction, "ada", second), ["a"]);
            transaction.count::<Note>(ALL.0, ALL.1)
        });
        assert_eq!(done.expect("a count"), 2);
    }

    #[test]
    fn a_record_that_cannot_be_read_is_passed_over_and_can_be_removed_or_replaced() {
        let store = Store::in_memory().expect("a store");
        let done = store.write(|transaction| {
            transaction.put(&note("a", 1, "ada"))?;
            transaction.put(&note("b", 2, "ada"))?;
            transaction.damage::<Note>("a");
            assert!(transaction.get::<Note>("a")?.is_none());
            assert_eq!(ids(transaction, "ada", Page::WHOLE), ["b"]);
            assert_eq!(transaction.everything()?.len(), 1);

            transaction.put(&note("a", 3, "eve"))?;
            assert_eq!(ids(transaction, "ada", Page::WHOLE), ["b"]);
            assert_eq!(ids(transaction, "eve", Page::WHOLE), ["a"]);
            assert_eq!(transaction.count::<Note>(ALL.0, ALL.1)?, 2);

            transaction.damage::<Note>("b");
            let forgotten = transaction.keep_newest::<Note>(ALL.0, ALL.1, 1)?;
            assert!(forgotten.is_empty(), "there was nothing to read");
            assert_eq!(transaction.count::<Note>("of", "ada")?, 0);
            transaction.count::<Note>(ALL.0, ALL.1)
        });
        assert_eq!(done.expect("a count"), 1);
    }

    #[test]
    fn what_could_not_be_read_again_is_not_kept() {
        #[derive(Serialize, Deserialize)]
        struct Deep(serde_json::Value);
        impl Record for Deep {
            const KIND: &'static str = "deep";
            const NAME: &'static str = "The deep";
            fn id(&self) -> &'static str {
                "deep"
            }
            fn order(&self) -> i64 {
                0
            }
            fn keys(&self) -> Vec<(&'static str, String)> {
                Vec::new()
            }
        }
        let store = Store::in_memory().expect("a store");
        let deep = (0..200).fold(serde_json::json!(1), |inside, _| {
            serde_json::json!([inside])
        });
        let kept = store.write(|transaction| transaction.put(&Deep(deep)));
        assert!(kept.expect_err("a refusal").is_internal());
    }

    #[test]
    fn an_error_takes_back_what_was_written_unless_it_counts() {
        let store = Store::in_memory().expect("a store");
        for counts in [false, true] {
            let result = store.write(|transaction| -> Result<(), ClerkError> {
                transaction.put(&note("a", 1, "ada"))?;
                let error = ClerkError::not_found("Nothing");
                Err(if counts { error.counts() } else { error })
            });
            assert!(result.is_err());
            let kept = store.read(|transaction| transaction.get::<Note>("a"));
            assert_eq!(kept.expect("a read").is_some(), counts);
        }
    }
}
