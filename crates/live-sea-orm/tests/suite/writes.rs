//! Writes with an `Idempotency-Key`: each counts once, and tells in one moment with what it wrote.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::body::{Body, to_bytes};
use axum::extract::{FromRef, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{Extensions, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use live::{Mutation, Query, WRITE, WriteKey};
use live_axum::{BadRequest, Caller, Endpoints, IdempotencyKey, Key, Limits, Live, Reply, Session};
use live_sea_orm::{ChangeLog, Doorbell, Writes, schema, written};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::bank::{Kind, Place, execute};
use crate::on_both_databases;

on_both_databases!(
    what_is_sent_again_gets_the_first_answer,
    what_comes_at_once_is_written_once,
    a_refusal_is_judged_anew,
    nobody_gets_another_s_answer,
    who_goes_away_has_written_all_or_nothing,
    a_write_is_told_of_in_the_message_that_shows_it,
    what_a_token_grants_is_withdrawn_on_every_replica_at_once,
);

/// Whether the person may deposit.
const MAY: Query<(), bool> = Query::get("/may");
const SUM: Query<(), i64> = Query::get("/sum");
/// Answers the number of the deposit.
const DEPOSIT: Mutation<(), i64, i64> = Mutation::post("/deposits");

/// A process.
#[derive(Clone)]
struct App {
    log: ChangeLog,
    writes: Writes,
    /// How many deposits may be made before all wait.
    gate: Arc<Semaphore>,
}

impl FromRef<App> for Writes {
    fn from_ref(app: &App) -> Self {
        app.writes.clone()
    }
}

/// Whoever the header names.
#[derive(Clone, Debug)]
struct Person(Arc<str>);

impl<S: Sync> FromRequestParts<S> for Person {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        if let Some(person) = parts.extensions.get::<Self>() {
            return Ok(person.clone());
        }
        let name = parts.headers.get("person").and_then(|it| it.to_str().ok());
        name.map(|it| Self(it.into()))
            .ok_or(StatusCode::UNAUTHORIZED)
    }
}

impl Caller for Person {
    fn scope(&self, _path: &str) -> Arc<str> {
        self.0.clone()
    }

    fn person(&self) -> &str {
        &self.0
    }

    fn expires(&self) -> SystemTime {
        SystemTime::now() + Duration::from_hours(1)
    }

    async fn withdrawn(&self) {
        std::future::pending::<()>().await;
    }

    fn attach(&self, extensions: &mut Extensions) {
        extensions.insert(self.clone());
    }
}

#[derive(Debug)]
enum Error {
    Bad(BadRequest),
    Negative,
    Database(DbErr),
}

impl From<BadRequest> for Error {
    fn from(error: BadRequest) -> Self {
        Self::Bad(error)
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match self {
            Self::Bad(bad) => bad.into_response(),
            Self::Negative => (StatusCode::CONFLICT, Json("negative")).into_response(),
            Self::Database(error) => {
                (StatusCode::INTERNAL_SERVER_ERROR, Json(error.to_string())).into_response()
            }
        }
    }
}

async fn number(connection: &impl ConnectionTrait, sql: &str) -> Result<i64, DbErr> {
    let statement = Statement::from_string(connection.get_database_backend(), sql.to_owned());
    let row = connection.query_one_raw(statement).await?;
    row.map_or(Ok(0), |row| row.try_get_by_index(0))
}

const TOTAL: &str = "SELECT CAST(coalesce(sum(amount), 0) AS bigint) FROM accounts";
const COUNT: &str = "SELECT CAST(count(*) AS bigint) FROM accounts";
const KEPT: &str = "SELECT CAST(count(*) AS bigint) FROM live_writes";

async fn sum((_, State(app)): (Person, State<App>), (): ()) -> Result<i64, Error> {
    let reading = app.log.reading(|| Key::table("accounts"))?;
    Ok(number(&reading.executor(), TOTAL).await?)
}

async fn may((person, State(app)): (Person, State<App>), (): ()) -> Result<bool, Error> {
    Ok(!app.writes.is_withdrawn(person.person(), 0).await?)
}

/// Refused when all together would have less than nothing.
async fn deposit(
    (person, key, State(app)): (Person, IdempotencyKey, State<App>),
    (): (),
    amount: i64,
) -> Result<Reply<i64>, Error> {
    app.writes
        .once(person.person(), &key, async |transaction| {
            let deposit = number(transaction, COUNT).await? + 1;
            let owner = person.person();
            // Those that come at once differ in their amounts.
            let id = deposit + 1_000 * i64::from(amount.trailing_zeros());
            let row = format!("INSERT INTO accounts VALUES ({id}, '{owner}', {amount})");
            transaction.execute_unprepared(&row).await?;
            if let Ok(turn) = app.gate.acquire().await {
                turn.forget();
            }
            if number(transaction, TOTAL).await? < 0 {
                return Err(Error::Negative);
            }
            Ok(Reply::created(deposit).etag(deposit))
        })
        .await
}

struct Process {
    app: App,
    router: Router,
    live: Live<Person>,
    db: DatabaseConnection,
    _work: JoinSet<()>,
}

impl Process {
    /// The first makes the table.
    async fn open(place: &Place, first: bool) -> Self {
        let db = place
            .connect(if let Kind::Sqlite = place.kind { 1 } else { 20 })
            .await;
        let read = match place.kind {
            Kind::Sqlite => place.connect(2).await,
            Kind::Postgres => db.clone(),
        };
        if first {
            let backend = db.get_database_backend();
            execute(&db, &schema::create_writes(backend)).await;
            execute(&db, &schema::create_withdrawn(backend)).await;
        }
        let log = ChangeLog::open(read, db.clone()).await.expect("a log");
        let limits = Limits {
            person: 100,
            process: 100,
            watches: 1000,
        };
        let live = Live::new(limits, CancellationToken::new());
        let rings = live.clone();
        let app = App {
            writes: Writes::new(log.clone(), move || rings.ring()),
            log: log.clone(),
            gate: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
        };
        let router = Router::new()
            .query(SUM, sum)
            .query(MAY, may)
            .mutation(DEPOSIT, deposit)
            .query(WRITE, written::<Person>)
            .with_state(app.clone());
        let doorbell = match place.kind {
            Kind::Sqlite => Doorbell::Sqlite {
                path: place.path().into(),
                connection: db.clone(),
            },
            Kind::Postgres => Doorbell::Postgres {
                url: place.url.clone(),
                connection: db.clone(),
            },
        };
        let mut work = JoinSet::new();
        let rings = live.clone();
        work.spawn(doorbell.wait(move || rings.ring()));
        work.spawn(live.clone().drive(log, router.clone()));
        Self {
            app,
            router,
            live,
            db,
            _work: work,
        }
    }

    async fn send(&self, request: axum::http::request::Builder, body: String) -> (u16, Value) {
        let request = request.body(Body::from(body)).expect("a request");
        let Ok(response) = self.router.clone().oneshot(request).await;
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), usize::MAX)
            .await
            .expect("a body");
        (status, serde_json::from_slice(&body).expect("JSON"))
    }

    async fn deposit(&self, person: &str, key: Option<&str>, amount: i64) -> (u16, Value) {
        let mut request = Request::post(DEPOSIT.template())
            .header("person", person)
            .header("content-type", "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", format!("\"{key}\""));
        }
        self.send(request, amount.to_string()).await
    }

    async fn written(&self, person: &str, key: &str) -> (u16, Value) {
        let path = WRITE.path(&WriteKey { key: key.into() });
        self.send(Request::get(path).header("person", person), String::new())
            .await
    }

    async fn number(&self, sql: &str) -> i64 {
        number(&self.db, sql).await.expect("a number")
    }

    fn watch(&self, person: &str, paths: &[String]) -> Session<Person> {
        let mut session = self.live.connect(Person(person.into())).expect("room");
        for path in paths {
            session.watch(path, None).expect("a path");
        }
        session
    }
}

async fn what_is_sent_again_gets_the_first_answer(place: Place) {
    let process = Process::open(&place, true).await;
    let other = Process::open(&place, false).await;
    assert_eq!(process.written("ada", "k").await.0, 404);
    let first = process.deposit("ada", Some("k"), 5).await;
    assert_eq!(first, (201, json!(1)));
    process.deposit("ada", None, 7).await;
    process.deposit("ada", None, 7).await;
    for process in [&process, &other] {
        assert_eq!(process.deposit("ada", Some("k"), 5).await, first);
        let written = json!({"status": 201, "body": 1});
        assert_eq!(process.written("ada", "k").await, (200, written));
    }
    assert_eq!(process.number(TOTAL).await, 19);
    // The same key for something else is a mistake of the client's.
    let (status, problem) = other.deposit("ada", Some("k"), 6).await;
    assert_eq!((status, &problem["status"]), (422, &json!(422)));
    assert_eq!(process.number(TOTAL).await, 19);
    assert_eq!(
        process.number(KEPT).await,
        1,
        "without a key nothing is kept"
    );
}

async fn what_comes_at_once_is_written_once(place: Place) {
    let (one, other) = (
        Process::open(&place, true).await,
        Process::open(&place, false).await,
    );
    for turn in 0..20 {
        let before = one.number(COUNT).await;
        let key = format!("key {turn}");
        let tries = (0..8).map(|number| {
            let process = if number % 2 == 0 { &one } else { &other };
            process.deposit("ada", Some(&key), 1)
        });
        let answers = futures_util::future::join_all(tries).await;
        assert_eq!(one.number(COUNT).await, before + 1);
        for answer in answers {
            assert_eq!(answer, (201, json!(before + 1)));
        }
    }
}

/// The next state of `/may`.
async fn told(session: &mut Session<Person>) -> String {
    let states = session.changed().await;
    let body = states["/may"].body.as_ref().expect("a body");
    body.get().to_owned()
}

async fn what_a_token_grants_is_withdrawn_on_every_replica_at_once(place: Place) {
    let (one, other) = (
        Process::open(&place, true).await,
        Process::open(&place, false).await,
    );
    let mut watches = [&one, &other].map(|it| it.watch("ada", &["/may".to_owned()]));
    let mut bob = one.watch("bob", &["/may".to_owned()]);
    for session in watches.iter_mut().chain([&mut bob]) {
        assert_eq!(told(session).await, "true");
    }
    for _ in 0..2 {
        one.app.writes.withdraw("ada").await.expect("withdrawn");
    }
    for session in &mut watches {
        assert_eq!(told(session).await, "false");
    }
    // Whoever comes back has a later token, and whoever comes as they were has the old one.
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.expect("a time").as_secs();
    for (issued_at, is_withdrawn) in [(now - 60, true), (now, true), (now + 60, false)] {
        let asked = other.app.writes.is_withdrawn("ada", issued_at).await;
        assert_eq!(asked.expect("an answer"), is_withdrawn);
    }
    assert_eq!(
        one.number("SELECT CAST(count(*) AS bigint) FROM live_withdrawn")
            .await,
        1
    );
    execute(
        &one.db,
        &schema::drop_withdrawn(one.db.get_database_backend()),
    )
    .await;
}

async fn a_refusal_is_judged_anew(place: Place) {
    let process = Process::open(&place, true).await;
    assert_eq!(process.deposit("ada", Some("k"), -5).await.0, 409);
    assert_eq!(process.written("ada", "k").await.0, 404);
    assert_eq!(
        (process.number(COUNT).await, process.number(KEPT).await),
        (0, 0)
    );
    process.deposit("ada", None, 5).await;
    assert_eq!(process.deposit("ada", Some("k"), -5).await, (201, json!(2)));
    assert_eq!(process.deposit("ada", Some("k"), -5).await, (201, json!(2)));
}

async fn nobody_gets_another_s_answer(place: Place) {
    let process = Process::open(&place, true).await;
    assert_eq!(process.deposit("ada", Some("k"), 1).await, (201, json!(1)));
    assert_eq!(process.written("bob", "k").await.0, 404);
    assert_eq!(process.deposit("bob", Some("k"), 1).await, (201, json!(2)));
    assert_eq!(process.written("ada", "k").await.1["body"], 1);
    assert_eq!(process.written("bob", "k").await.1["body"], 2);
    // Also when together they read the same.
    assert_eq!(
        process.deposit("ada k", Some("k"), 1).await,
        (201, json!(3))
    );
    assert_eq!(
        process.deposit("ada", Some("k k"), 1).await,
        (201, json!(4))
    );
}

async fn who_goes_away_has_written_all_or_nothing(place: Place) {
    let process = Process::open(&place, true).await;
    process.app.gate.forget_permits(Semaphore::MAX_PERMITS);
    let gone = tokio::time::timeout(
        Duration::from_millis(50),
        process.deposit("ada", Some("k"), 5),
    );
    gone.await.expect_err("it waits in the midst of it");
    process.app.gate.add_permits(1000);
    assert_eq!(process.written("ada", "k").await.0, 404);
    assert_eq!(
        (process.number(COUNT).await, process.number(KEPT).await),
        (0, 0)
    );
    // At any other moment, too.
    for polls in 0..200 {
        let key = format!("key {polls}");
        let mut sending = Box::pin(process.deposit("ada", Some(&key), 1));
        for _ in 0..polls {
            let polled = futures_util::poll!(&mut sending);
            if polled.is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(sending);
    }
    let rest = process.deposit("ada", Some("last"), 1).await;
    assert_eq!(rest.0, 201);
    assert_eq!(process.number(COUNT).await, process.number(KEPT).await);
}

async fn a_write_is_told_of_in_the_message_that_shows_it(place: Place) {
    const WRITES: i64 = 60;
    let (one, other) = (
        Process::open(&place, true).await,
        Process::open(&place, false).await,
    );
    let path = |number: i64| {
        let key = format!("key {number}");
        WRITE.path(&WriteKey { key })
    };
    let mut paths: Vec<_> = (0..WRITES).map(path).collect();
    paths.push(SUM.path(&()));
    let mut sessions = [one.watch("ada", &paths), other.watch("ada", &paths)];
    let mut stranger = one.watch("bob", &paths);
    let writing = async {
        let writers = (0..4_i64).map(async |writer| {
            for number in (0..WRITES).filter(|it| it % 4 == writer) {
                let process = if number % 3 == 0 { &one } else { &other };
                // Each a place of its own in the sum.
                let key = format!("key {number}");
                let answer = process.deposit("ada", Some(&key), 1 << number);
                assert_eq!(answer.await.0, 201);
            }
        });
        futures_util::future::join_all(writers).await;
    };
    let watching = futures_util::future::join_all(sessions.iter_mut().map(async |session| {
        let mut seen = BTreeMap::new();
        let (mut sum, mut messages) = (0_i64, 0);
        while sum != (1_i64 << WRITES) - 1 {
            let states = tokio::time::timeout(Duration::from_secs(20), session.changed());
            let states = states.await.expect("a message");
            messages += 1;
            for (at, state) in states {
                let body = state.body.as_ref().expect("a body").get();
                if *at == SUM.path(&()) {
                    sum = body.parse().expect("a number");
                } else {
                    seen.insert(at.to_string(), state.status);
                }
            }
            if seen.len() < paths.len() - 1 {
                continue;
            }
            for number in 0..WRITES {
                let is_in = sum >> number & 1 == 1;
                assert_eq!(
                    seen[&path(number)],
                    if is_in { 200 } else { 404 },
                    "{number}"
                );
            }
        }
        messages
    }));
    let (messages, ()) = tokio::join!(watching, writing);
    assert!(messages.iter().all(|it| *it > 2), "{messages:?}");
    stranger.synced().await.expect("a round");
    for (path, state) in stranger.news() {
        let hidden = *path == SUM.path(&()) || state.status == 404;
        assert!(hidden, "{path}: {state:?}");
    }
}
