//! By whatever path rows change, who watches is told.

use crate::bank::{Bank, Kind, Place, execute, next};
use crate::on_both_databases;

on_both_databases!(
    every_kind_of_statement_is_told_of,
    what_another_process_commits_is_told_of,
    what_another_tables_cascade_removes_is_told_of,
    what_is_undone_is_not,
    a_change_of_owner_is_told_to_both,
    a_read_that_nobody_would_be_told_of_fails,
    a_query_that_fails_takes_no_other_with_it,
    a_row_of_nobody_is_told_of_to_who_reads_all,
);

#[tokio::test(flavor = "multi_thread")]
async fn who_may_write_the_table_need_not_know_of_the_log() {
    let place = Place::new(Kind::Postgres).await;
    let bank = Bank::open(&place).await;
    let mut ada = bank.watch(&[ADA]);
    assert_eq!(next(&mut ada, ADA).await, 0);
    let clerk = place.connect(1).await;
    // One of its own rights, one in which nothing is found by its name alone, and one that would
    // have the log be another table.
    let hides = "SET ROLE clerk; CREATE TEMP TABLE live_changes (tbl text, col text, val text)";
    for (who, id) in [
        ("SET ROLE clerk", 1),
        ("SET search_path = ''", 2),
        (hides, 3),
    ] {
        execute(&bank.db, "DROP ROLE IF EXISTS clerk; CREATE ROLE clerk").await;
        execute(&bank.db, "GRANT INSERT ON accounts TO clerk").await;
        let row = format!("{who}; INSERT INTO public.accounts VALUES ({id}, 'ada', 5)");
        execute(&clerk, &row).await;
        execute(&clerk, "RESET ROLE; DROP OWNED BY clerk").await;
        assert_eq!(next(&mut ada, ADA).await, 5 * id, "{who}");
    }
}

async fn a_query_that_fails_takes_no_other_with_it(place: Place) {
    let bank = Bank::open(&place).await;
    let mut broken = bank.watch(&["/broken"]);
    let states = broken.changed().await;
    assert_eq!(states["/broken"].status, 500);
    let mut ada = bank.watch(&[ADA]);
    let mut bob = bank.watch(&["/savings/bob"]);
    assert_eq!(next(&mut ada, ADA).await, 0);
    assert_eq!(next(&mut bob, "/savings/bob").await, 0);
    for id in 1..20 {
        let rows = format!(
            "INSERT INTO accounts VALUES ({id}, 'ada', 1); INSERT INTO savings VALUES ({id}, 'bob', 1)"
        );
        execute(&bank.db, &rows).await;
        bank.live.ring();
        while next(&mut ada, ADA).await < id {}
        while next(&mut bob, "/savings/bob").await < id {}
    }
}

async fn a_row_of_nobody_is_told_of_to_who_reads_all(place: Place) {
    let bank = Bank::open(&place).await;
    let mut all = bank.watch(&["/all"]);
    let mut ada = bank.watch(&[ADA]);
    assert_eq!(next(&mut all, "/all").await, 0);
    assert_eq!(next(&mut ada, ADA).await, 0);
    execute(&bank.db, "INSERT INTO accounts VALUES (1, NULL, 5)").await;
    bank.live.ring();
    assert_eq!(next(&mut all, "/all").await, 5);
    execute(&bank.db, "UPDATE accounts SET owner = 'ada'").await;
    bank.live.ring();
    assert_eq!(next(&mut ada, ADA).await, 5);
}

const ADA: &str = "/accounts/ada";

async fn every_kind_of_statement_is_told_of(place: Place) {
    let bank = Bank::open(&place).await;
    let mut ada = bank.watch(&[ADA]);
    assert_eq!(next(&mut ada, ADA).await, 0);
    for (sql, sum) in [
        (
            "INSERT INTO accounts VALUES (1, 'ada', 5), (2, 'ada', 6), (3, 'bob', 7)",
            11,
        ),
        ("UPDATE accounts SET amount = amount + 1", 13),
        ("DELETE FROM accounts WHERE id = 1", 7),
        (
            "INSERT INTO accounts VALUES (2, 'ada', 1) ON CONFLICT (id) DO UPDATE SET amount = 9",
            9,
        ),
        ("DELETE FROM accounts", 0),
    ] {
        execute(&bank.db, sql).await;
        bank.live.ring();
        assert_eq!(next(&mut ada, ADA).await, sum, "{sql}");
    }
}

async fn what_another_process_commits_is_told_of(place: Place) {
    let bank = Bank::open(&place).await;
    let mut ada = bank.watch(&[ADA]);
    assert_eq!(next(&mut ada, ADA).await, 0);
    let by_hand = place.connect(1).await;
    execute(&by_hand, "INSERT INTO accounts VALUES (1, 'ada', 5)").await;
    assert_eq!(next(&mut ada, ADA).await, 5);
    if by_hand.get_database_backend() == sea_orm::DbBackend::Postgres {
        execute(&by_hand, "TRUNCATE accounts").await;
        assert_eq!(next(&mut ada, ADA).await, 0);
    }
}

async fn what_another_tables_cascade_removes_is_told_of(place: Place) {
    let bank = Bank::open(&place).await;
    let of =
        "ALTER TABLE savings ADD COLUMN account integer REFERENCES accounts (id) ON DELETE CASCADE";
    execute(&bank.db, of).await;
    let rows =
        "INSERT INTO accounts VALUES (1, 'ada', 1); INSERT INTO savings VALUES (1, 'bob', 7, 1)";
    execute(&bank.db, rows).await;
    let mut bob = bank.watch(&["/savings/bob"]);
    assert_eq!(next(&mut bob, "/savings/bob").await, 7);
    execute(&bank.db, "DELETE FROM accounts").await;
    bank.live.ring();
    assert_eq!(next(&mut bob, "/savings/bob").await, 0);
}

async fn what_is_undone_is_not(place: Place) {
    let bank = Bank::open(&place).await;
    let mut ada = bank.watch(&[ADA]);
    assert_eq!(next(&mut ada, ADA).await, 0);
    let by_hand = place.connect(1).await;
    let undone = "BEGIN; INSERT INTO accounts VALUES (1, 'ada', 5); ROLLBACK";
    execute(&by_hand, undone).await;
    execute(&by_hand, "INSERT INTO accounts VALUES (1, 'ada', 6)").await;
    assert_eq!(next(&mut ada, ADA).await, 6);
}

async fn a_change_of_owner_is_told_to_both(place: Place) {
    const BOB: &str = "/accounts/bob";
    let bank = Bank::open(&place).await;
    execute(&bank.db, "INSERT INTO accounts VALUES (1, 'ada', 5)").await;
    let mut ada = bank.watch(&[ADA]);
    let mut bob = bank.watch(&[BOB]);
    assert_eq!(next(&mut ada, ADA).await, 5);
    assert_eq!(next(&mut bob, BOB).await, 0);
    execute(&bank.db, "UPDATE accounts SET owner = 'bob'").await;
    bank.live.ring();
    assert_eq!(next(&mut ada, ADA).await, 0);
    assert_eq!(next(&mut bob, BOB).await, 5);
}

async fn a_read_that_nobody_would_be_told_of_fails(place: Place) {
    let bank = Bank::open(&place).await;
    let mut session = bank.watch(&["/unnoted"]);
    let states = session.changed().await;
    let state = &states["/unnoted"];
    assert_eq!(state.status, 500);
    let body = state.body.as_ref().expect("a body").get();
    assert!(
        body.contains("changes of accounts by id are not logged"),
        "{body}"
    );
}
