//! Brings a state written by an older version up to date.

use redb::{ReadableTable, TableDefinition, TableHandle};
use serde_json::Value;

use crate::error::ClerkError;
use crate::model::{Browser, Client, Record, Session, User};

use super::{SIGNING_KEYS, Store, StoreError, Transaction};

/// The format that this version writes.
const FORMAT: &str = "2";
const NAME: &str = "format";

/// Leaves the state in the newest format, in one transaction.
pub fn run(store: &Store) -> Result<(), StoreError> {
    let format = store
        .read(|transaction| transaction.value(NAME))
        .map_err(failed)?;
    match format.as_deref() {
        Some(FORMAT) => return Ok(()),
        Some(other) => return Err(StoreError::Newer(other.to_owned())),
        None => {}
    }
    store
        .write(|transaction| {
            from_first(transaction).map_err(ClerkError::internal)?;
            transaction.put_value(NAME, FORMAT)
        })
        .map_err(failed)
}

fn failed(error: ClerkError) -> StoreError {
    StoreError::Directory(std::io::Error::other(error))
}

/// The first format had a table for each kind of record and for each index.
fn from_first(transaction: &Transaction) -> Result<(), StoreError> {
    copy::<User>(transaction, "users")?;
    copy::<Client>(transaction, "clients")?;
    copy::<Session>(transaction, "sessions")?;
    for (token, client_id) in texts(transaction, "client_by_browser")? {
        let browser = Browser {
            id: token,
            client_id: (!client_id.is_empty()).then_some(client_id),
            ..Browser::default()
        };
        transaction.write_record(&browser)?;
    }
    for (name, pem) in texts(transaction, "settings")? {
        if name == "signing_key" {
            let keys = serde_json::to_string(&[pem])?;
            transaction.put_value(SIGNING_KEYS, &keys).map_err(failed)?;
        }
    }
    Ok(())
}

fn copy<R: Record>(transaction: &Transaction, table: &'static str) -> Result<(), StoreError> {
    if !exists(transaction, table)? {
        return Ok(());
    }
    let mut records: Vec<R> = Vec::new();
    {
        let definition: TableDefinition<'_, &str, &[u8]> = TableDefinition::new(table);
        let opened = transaction.writing().open_table(definition)?;
        for entry in opened.iter()? {
            let record: Value = serde_json::from_slice(entry?.1.value())?;
            records.push(serde_json::from_value(record)?);
        }
    }
    records
        .iter()
        .try_for_each(|record| transaction.write_record(record))
}

fn texts(
    transaction: &Transaction,
    table: &'static str,
) -> Result<Vec<(String, String)>, StoreError> {
    let mut all = Vec::new();
    if exists(transaction, table)? {
        let definition: TableDefinition<'_, &str, &str> = TableDefinition::new(table);
        let opened = transaction.writing().open_table(definition)?;
        for entry in opened.iter()? {
            let (name, value) = entry?;
            all.push((name.value().to_owned(), value.value().to_owned()));
        }
    }
    Ok(all)
}

fn exists(transaction: &Transaction, table: &str) -> Result<bool, StoreError> {
    let mut tables = transaction.writing().list_tables()?;
    Ok(tables.any(|handle| handle.name() == table))
}

#[cfg(test)]
mod tests {
    use redb::Database;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_state_of_the_first_format_is_taken_over() {
        let directory = tempfile::tempdir().expect("a folder");
        let file = directory.path().join("state.redb");
        {
            let database = Database::create(&file).expect("a file");
            let transaction = database.begin_write().expect("a transaction");
            let users: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("users");
            let user = json!({
                "id": "user_1", "first_name": "Ada", "last_name": null,
                "email_addresses": [{
                    "id": "idn_1", "email_address": "Ada@example.com",
                    "verification": {
                        "strategy": "email_code", "status": "verified", "code": "123456",
                        "attempts": 1, "expire_at": 1,
                    },
                }],
                "primary_email_address_id": "idn_1", "password_hash": null, "session_ids": [],
                "last_sign_in_at": 1, "created_at": 1, "updated_at": 1,
            });
            let bytes = serde_json::to_vec(&user).expect("JSON");
            let mut table = transaction.open_table(users).expect("a table");
            table.insert("user_1", bytes.as_slice()).expect("a row");
            drop(table);
            transaction.commit().expect("a commit");
        }
        let store = Store::open(directory.path()).expect("it opens");
        let found = store.read(|transaction| transaction.find::<User>("email", "ada@example.com"));
        assert_eq!(
            found.expect("a read").map(|user| user.id).as_deref(),
            Some("user_1")
        );
    }

    #[test]
    fn a_state_of_a_newer_version_is_refused_by_name() {
        let directory = tempfile::tempdir().expect("a folder");
        let store = Store::open(directory.path()).expect("it opens");
        let written = store.write(|transaction| transaction.put_value(NAME, "999"));
        written.expect("a write");
        drop(store);
        let refused = Store::open(directory.path()).err().expect("a refusal");
        assert!(refused.to_string().contains("newer emulator"), "{refused}");
    }
}
