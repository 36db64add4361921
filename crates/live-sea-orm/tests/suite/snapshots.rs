//! Who watches two queries sees both of one moment, always.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::{
    ConnectionTrait, DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use tokio::task::JoinSet;

use crate::bank::{Bank, Kind, Place, TABLES, execute, number};
use crate::on_both_databases;

on_both_databases!(nobody_ever_sees_half_of_a_transaction);

const WRITERS: u32 = 16;
const WATCHERS: usize = 50;
const OBSERVATIONS: usize = 100_000;
const ROWS: u32 = 20;
const AMOUNT: i64 = 1_000;
const ALL: i64 = AMOUNT * ROWS as i64 * 2;

async fn nobody_ever_sees_half_of_a_transaction(place: Place) {
    let here = Bank::open(&place).await;
    // Half of the writers are another process.
    let elsewhere = Bank::open(&place).await;
    for table in TABLES {
        for id in 0..ROWS {
            let row =
                format!("INSERT INTO {table} (id, owner, amount) VALUES ({id}, 'ada', {AMOUNT})");
            execute(&here.db, &row).await;
        }
    }
    let done = Arc::new(AtomicBool::new(false));
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let bank = if writer % 2 == 0 { &here } else { &elsewhere };
        let (db, live, done) = (bank.db.clone(), bank.live.clone(), done.clone());
        let kind = place.kind;
        writers.spawn(async move {
            for turn in 0.. {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                move_some(&db, kind, writer, turn).await.expect("it moves");
                live.ring();
            }
        });
    }
    let mut watchers = JoinSet::new();
    for _ in 0..WATCHERS {
        let mut session = here.watch(&["/accounts/ada", "/savings/ada"]);
        watchers.spawn(async move {
            let mut seen = BTreeMap::new();
            for _ in 0..OBSERVATIONS / WATCHERS {
                for (path, state) in session.changed().await {
                    seen.insert(path, number(&state));
                }
                if seen.len() == 2 {
                    let sum: i64 = seen.values().sum();
                    assert_eq!(sum, ALL, "a torn sum: {seen:?}");
                }
            }
        });
    }
    while let Some(watched) = watchers.join_next().await {
        watched.expect("no torn sum");
    }
    done.store(true, Ordering::Relaxed);
    while let Some(written) = writers.join_next().await {
        written.expect("every write succeeds");
    }
}

/// Moves an amount from a row of one table to a row of the other.
async fn move_some(
    db: &sea_orm::DatabaseConnection,
    kind: Kind,
    writer: u32,
    turn: u32,
) -> Result<(), DbErr> {
    let (one, other) = ((writer * 7 + turn) % ROWS, (writer + turn * 3) % ROWS);
    let amount = i64::from((writer + turn) % 19) - 9;
    let transaction = match kind {
        // What reads first could not begin to write once somebody else had.
        Kind::Sqlite => {
            let immediate = TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            };
            db.begin_with_options(immediate).await?
        }
        Kind::Postgres => db.begin().await?,
    };
    for (table, id, amount) in [("accounts", one, -amount), ("savings", other, amount)] {
        let sql = format!("UPDATE {table} SET amount = amount + {amount} WHERE id = {id}");
        transaction.execute_unprepared(&sql).await?;
    }
    transaction.commit().await
}
