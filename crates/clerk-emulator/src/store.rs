//! The state on disk: one file, changed by transactions that are on disk before the answer is
//! sent. Records are JSON, found by id; an index finds a person by e-mail address.

use std::path::Path;
use std::sync::Arc;

use redb::{Database, ReadableTable, TableDefinition, WriteTransaction};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::ClerkError;
use crate::model::{Client, Session, User};

type Records = TableDefinition<'static, &'static str, &'static [u8]>;
type Index = TableDefinition<'static, &'static str, &'static str>;

const USERS: Records = TableDefinition::new("users");
const CLIENTS: Records = TableDefinition::new("clients");
const SESSIONS: Records = TableDefinition::new("sessions");
/// Lower-cased e-mail address → user id.
const USER_BY_EMAIL: Index = TableDefinition::new("user_by_email");
/// Dev-browser token → client id; empty while the browser has no client.
const CLIENT_BY_BROWSER: Index = TableDefinition::new("client_by_browser");
const SETTINGS: Index = TableDefinition::new("settings");

/// Why the state cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has the file open.
    #[error("another emulator is using this data directory; stop it or set EMULATOR_DATA_DIR")]
    InUse,
    /// The directory cannot be made.
    #[error("the data directory cannot be made: {0}")]
    Directory(#[from] std::io::Error),
    /// The file cannot be read or written.
    #[error("the state cannot be read or written: {0}")]
    Database(#[from] redb::Error),
    /// A record is not what it should be.
    #[error("a record cannot be read: {0}")]
    Record(#[from] serde_json::Error),
}

/// The state. Clones share it.
#[derive(Clone)]
pub struct Store(Arc<Database>);

impl Store {
    /// Opens the state kept in `directory`, which is made if need be.
    pub fn open(directory: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(directory)?;
        let file = directory.join("state.redb");
        let database = Database::create(&file).map_err(|error| match error {
            redb::DatabaseError::DatabaseAlreadyOpen => StoreError::InUse,
            error => StoreError::Database(error.into()),
        })?;
        private(&file)?;
        Ok(Self(Arc::new(database)))
    }

    /// Runs `work` as one transaction. What it wrote is on disk when this returns, also when
    /// it ended in an error for the client: a failed attempt must count.
    pub fn transaction<T>(
        &self,
        work: impl FnOnce(&Transaction) -> Result<T, ClerkError>,
    ) -> Result<T, ClerkError> {
        let begun = self.0.begin_write().map_err(ClerkError::internal)?;
        let transaction = Transaction(begun);
        let result = work(&transaction);
        transaction.0.commit().map_err(ClerkError::internal)?;
        result
    }
}

/// The file holds the signing key and password hashes.
fn private(file: &Path) -> Result<(), std::io::Error> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))
}

/// One transaction. Failures of the disk become Clerk's internal error.
pub struct Transaction(WriteTransaction);

impl Transaction {
    pub fn user(&self, id: &str) -> Result<Option<User>, ClerkError> {
        self.get(USERS, id).map_err(ClerkError::internal)
    }

    pub fn user_by_email(&self, email: &str) -> Result<Option<User>, ClerkError> {
        match self
            .lookup(USER_BY_EMAIL, &email.to_lowercase())
            .map_err(ClerkError::internal)?
        {
            Some(id) => self.user(&id),
            None => Ok(None),
        }
    }

    pub fn put_user(&self, user: &User) -> Result<(), ClerkError> {
        let write = || {
            self.put(USERS, &user.id, user)?;
            // An address that is not proven to be one's own must not keep others from it.
            user.email_addresses
                .iter()
                .filter(|it| it.is_verified())
                .try_for_each(|address| {
                    self.point(
                        USER_BY_EMAIL,
                        &address.email_address.to_lowercase(),
                        &user.id,
                    )
                })
        };
        write().map_err(ClerkError::internal)
    }

    /// Lets go of an address that was a person's.
    pub fn release_email(&self, email: &str) -> Result<(), ClerkError> {
        let remove = || -> Result<(), StoreError> {
            let mut index = self
                .0
                .open_table(USER_BY_EMAIL)
                .map_err(redb::Error::from)?;
            index
                .remove(email.to_lowercase().as_str())
                .map_err(redb::Error::from)?;
            Ok(())
        };
        remove().map_err(ClerkError::internal)
    }

    pub fn client(&self, id: &str) -> Result<Option<Client>, ClerkError> {
        self.get(CLIENTS, id).map_err(ClerkError::internal)
    }

    pub fn put_client(&self, client: &Client) -> Result<(), ClerkError> {
        self.put(CLIENTS, &client.id, client)
            .map_err(ClerkError::internal)
    }

    pub fn session(&self, id: &str) -> Result<Option<Session>, ClerkError> {
        self.get(SESSIONS, id).map_err(ClerkError::internal)
    }

    pub fn put_session(&self, session: &Session) -> Result<(), ClerkError> {
        self.put(SESSIONS, &session.id, session)
            .map_err(ClerkError::internal)
    }

    /// The client of this browser: none for an unknown browser, `Some("")` for one that has no
    /// client yet.
    pub fn client_of_browser(&self, token: &str) -> Result<Option<String>, ClerkError> {
        self.lookup(CLIENT_BY_BROWSER, token)
            .map_err(ClerkError::internal)
    }

    pub fn put_browser(&self, token: &str, client_id: &str) -> Result<(), ClerkError> {
        self.point(CLIENT_BY_BROWSER, token, client_id)
            .map_err(ClerkError::internal)
    }

    pub fn setting(&self, name: &str) -> Result<Option<String>, ClerkError> {
        self.lookup(SETTINGS, name).map_err(ClerkError::internal)
    }

    pub fn put_setting(&self, name: &str, value: &str) -> Result<(), ClerkError> {
        self.point(SETTINGS, name, value)
            .map_err(ClerkError::internal)
    }

    fn get<T: DeserializeOwned>(&self, table: Records, id: &str) -> Result<Option<T>, StoreError> {
        let table = self.0.open_table(table).map_err(redb::Error::from)?;
        let found = table.get(id).map_err(redb::Error::from)?;
        Ok(found
            .map(|bytes| serde_json::from_slice(bytes.value()))
            .transpose()?)
    }

    fn put<T: Serialize>(&self, table: Records, id: &str, record: &T) -> Result<(), StoreError> {
        let bytes = serde_json::to_vec(record)?;
        let mut table = self.0.open_table(table).map_err(redb::Error::from)?;
        table
            .insert(id, bytes.as_slice())
            .map_err(redb::Error::from)?;
        Ok(())
    }

    fn lookup(&self, index: Index, key: &str) -> Result<Option<String>, StoreError> {
        let index = self.0.open_table(index).map_err(redb::Error::from)?;
        let found = index.get(key).map_err(redb::Error::from)?;
        Ok(found.map(|value| value.value().to_owned()))
    }

    fn point(&self, index: Index, key: &str, value: &str) -> Result<(), StoreError> {
        let mut index = self.0.open_table(index).map_err(redb::Error::from)?;
        index.insert(key, value).map_err(redb::Error::from)?;
        Ok(())
    }
}
