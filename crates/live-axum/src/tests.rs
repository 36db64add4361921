//! Stories of rounds, on a database in memory.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use axum::extract::{Extension, Path, State as AppState};
use axum::http::{Extensions, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use tokio_util::sync::CancellationToken;

use crate::{Begun, Caller, Changes, Key, Limits, Live, Session, Source, reads};

/// A value for each name; what is written is logged.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Rows>>);

#[derive(Default)]
struct Rows {
    values: HashMap<String, i64>,
    log: Vec<String>,
    runs: HashMap<String, usize>,
    down: bool,
    /// The snapshot cannot be read from any more
    spoiled: bool,
    /// Handlers do not go on while it is
    held: bool,
}

impl Memory {
    fn rows(&self) -> std::sync::MutexGuard<'_, Rows> {
        self.0.lock().expect("no panic")
    }

    fn write(&self, name: &str, value: i64) {
        let mut rows = self.rows();
        rows.values.insert(name.to_owned(), value);
        rows.log.push(name.to_owned());
    }

    fn runs(&self, name: &str) -> usize {
        self.rows().runs.get(name).copied().unwrap_or(0)
    }
}

#[derive(Debug)]
struct Down;

impl std::fmt::Display for Down {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the database is down")
    }
}

impl std::error::Error for Down {}

impl Source for Memory {
    type Snapshot = HashMap<String, i64>;
    type Position = usize;
    type Error = Down;

    async fn begin(&self, since: Option<&usize>) -> Result<Begun<Self>, Down> {
        // A database takes its time: others get to run.
        tokio::time::sleep(Duration::from_millis(1)).await;
        let rows = self.rows();
        if rows.down {
            return Err(Down);
        }
        let key = |name: &String| Key::rows("values", "name", name.clone());
        Ok(Begun {
            snapshot: rows.values.clone(),
            position: rows.log.len(),
            changes: since.map_or(Changes::Unknown, |since| {
                Changes::Of(rows.log[*since..].iter().map(key).collect())
            }),
        })
    }

    async fn is_sound(&self, _snapshot: &Self::Snapshot) -> bool {
        !self.rows().spoiled
    }

    async fn end(&self, _snapshot: Self::Snapshot) {
        self.rows().spoiled = false;
    }
}

/// Somebody, in a role that answers depend on.
#[derive(Clone, Debug)]
struct Somebody {
    name: &'static str,
    role: &'static str,
}

impl Caller for Somebody {
    fn scope(&self, path: &str) -> Arc<str> {
        if path.starts_with("/shared/") {
            self.role.into()
        } else {
            format!("{} {}", self.name, self.role).into()
        }
    }

    fn person(&self) -> &str {
        self.name
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

const ADA: Somebody = Somebody {
    name: "ada",
    role: "member",
};
const BOB: Somebody = Somebody {
    name: "bob",
    role: "member",
};

type Answer = Result<Json<i64>, (StatusCode, Json<&'static str>)>;

async fn value(
    AppState(memory): AppState<Memory>,
    Extension(somebody): Extension<Somebody>,
    Path(name): Path<String>,
) -> Answer {
    reads(|| Key::rows("values", "name", name.clone()));
    *memory.rows().runs.entry(name.clone()).or_default() += 1;
    while memory.rows().held {
        tokio::task::yield_now().await;
    }
    if somebody.role == "stranger" {
        return Err((StatusCode::FORBIDDEN, Json("not for you")));
    }
    let values = crate::snapshot::<HashMap<String, i64>>().expect("a snapshot");
    match values.get(&name) {
        _ if memory.rows().spoiled => Err((StatusCode::SERVICE_UNAVAILABLE, Json("spoiled"))),
        Some(-1) => panic!("a bug"),
        Some(-3) => {
            memory.rows().spoiled = true;
            Err((StatusCode::INTERNAL_SERVER_ERROR, Json("spoiling")))
        }
        Some(-2) => Err((StatusCode::SERVICE_UNAVAILABLE, Json("not now"))),
        value => Ok(Json(value.copied().unwrap_or(0))),
    }
}

/// Its entity tag says nothing of who asks.
async fn role(Extension(somebody): Extension<Somebody>) -> impl IntoResponse {
    reads(|| Key::table("values"));
    ([("etag", "\"1\"")], Json(somebody.role))
}

/// A process.
struct World {
    memory: Memory,
    live: Live<Somebody>,
    work: tokio::task::JoinHandle<Infallible>,
}

impl World {
    fn new() -> Self {
        let memory = Memory::default();
        let limits = Limits {
            person: 100,
            process: 200,
            watches: 500,
        };
        let live = Live::new(limits, CancellationToken::new());
        let router = Router::new()
            .route("/role", get(role))
            .route("/own/{name}", get(value))
            .route("/shared/{name}", get(value))
            .with_state(memory.clone());
        let (drives, source) = (live.clone(), memory.clone());
        let work = tokio::spawn(async move {
            drives.drive(source, router).await;
            unreachable!("it never ends")
        });
        Self { memory, live, work }
    }

    fn watch(&self, somebody: &Somebody, path: &str) -> Session<Somebody> {
        let mut session = self.live.connect(somebody.clone()).expect("room");
        session.watch(path, None).expect("a path");
        session
    }

    fn write(&self, name: &str, value: i64) {
        self.memory.write(name, value);
        self.live.ring();
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.work.abort();
    }
}

/// The one state that is new: status and body.
async fn next(session: &mut Session<Somebody>) -> (u16, String) {
    let changed = tokio::time::timeout(Duration::from_secs(20), session.changed());
    let states = changed.await.expect("a change");
    assert_eq!(states.len(), 1);
    let state = states.into_values().next().expect("a state");
    let body = state.body.as_ref().map_or("", |body| body.get());
    (state.status, body.to_owned())
}

fn ok(value: i64) -> (u16, String) {
    (200, value.to_string())
}

#[tokio::test]
async fn what_many_watch_is_run_once() {
    let world = World::new();
    let mut sessions: Vec<_> = (0..50).map(|_| world.watch(&ADA, "/own/a")).collect();
    let mut shared: Vec<_> = [ADA, BOB]
        .iter()
        .map(|who| world.watch(who, "/shared/b"))
        .collect();
    for session in &mut sessions {
        assert_eq!(next(session).await, ok(0));
    }
    for session in &mut shared {
        assert_eq!(next(session).await, ok(0));
    }
    assert_eq!((world.memory.runs("a"), world.memory.runs("b")), (1, 1));
    world.write("a", 7);
    for session in &mut sessions {
        assert_eq!(next(session).await, ok(7));
    }
    assert_eq!((world.memory.runs("a"), world.memory.runs("b")), (2, 1));
}

#[tokio::test]
async fn what_one_person_may_see_is_never_told_to_another() {
    let world = World::new();
    let stranger = Somebody {
        name: "eve",
        role: "stranger",
    };
    let mut ada = world.watch(&ADA, "/shared/a");
    let mut eve = world.watch(&stranger, "/shared/a");
    assert_eq!(next(&mut ada).await, ok(0));
    assert_eq!(next(&mut eve).await.0, 403);
    world.write("a", 7);
    assert_eq!(next(&mut ada).await, ok(7));
    let synced = eve.synced();
    synced.await.expect("a round");
    assert!(eve.news().is_empty(), "the refusal has not changed");
}

#[tokio::test]
async fn a_fresh_token_with_another_role_is_judged_anew() {
    let world = World::new();
    let mut session = world.watch(&ADA, "/own/a");
    assert_eq!(next(&mut session).await, ok(0));
    let runs = world.memory.runs("a");
    session.renew(ADA).expect("the same person");
    session.synced().await.expect("a round");
    assert!(session.news().is_empty());
    assert_eq!(
        world.memory.runs("a"),
        runs,
        "nothing has changed, nothing is run"
    );
    let removed = Somebody {
        role: "stranger",
        ..ADA
    };
    session.renew(removed).expect("the same person");
    assert_eq!(next(&mut session).await.0, 403);
    session.renew(BOB).expect_err("somebody else");
}

#[tokio::test]
async fn what_another_role_sees_is_shown_though_its_entity_tag_is_the_same() {
    let world = World::new();
    let mut session = world.watch(&ADA, "/role");
    assert_eq!(next(&mut session).await.1, "\"member\"");
    let guest = Somebody {
        role: "guest",
        ..ADA
    };
    session.renew(guest).expect("the same person");
    assert_eq!(next(&mut session).await.1, "\"guest\"");
}

/// Whether it still holds may depend on when the token was issued.
#[tokio::test]
async fn what_was_refused_is_asked_anew_with_a_fresh_token() {
    let world = World::new();
    let stranger = Somebody {
        role: "stranger",
        ..ADA
    };
    let mut session = world.watch(&stranger, "/own/a");
    assert_eq!(next(&mut session).await.0, 403);
    let runs = world.memory.runs("a");
    session.renew(stranger).expect("the same person");
    session.synced().await.expect("a round");
    assert_eq!(world.memory.runs("a"), runs + 1);
}

#[tokio::test]
async fn all_of_a_message_is_watched_or_what_there_is_room_for() {
    let world = World::new();
    let mut session = world.live.connect(ADA).expect("room");
    let path = |number: usize| (format!("/own/{number}"), None);
    session.watch_all((0..400).map(path)).expect("room");
    let refused = session.watch_all((300..600).map(path));
    assert_eq!(refused.map_err(|it| it.status.as_u16()), Err(429));
    session.synced().await.expect("a round");
    assert_eq!(session.news().len(), 500);
    let bad = [path(1), ("//else.where".to_owned(), None)];
    assert_eq!(
        session.watch_all(bad).map_err(|it| it.status.as_u16()),
        Err(400)
    );
}

#[tokio::test]
async fn who_is_slow_hears_of_the_newest_state_only() {
    let world = World::new();
    let mut slow = world.watch(&ADA, "/own/a");
    assert_eq!(next(&mut slow).await, ok(0));
    for value in 1..=100 {
        world.write("a", value);
        slow.synced().await.expect("a round");
    }
    assert_eq!(next(&mut slow).await, ok(100));
    assert!(slow.news().is_empty());
}

#[tokio::test]
async fn who_begins_to_watch_sees_all_that_was_committed_before() {
    let world = World::new();
    let mut first = world.watch(&ADA, "/own/a");
    assert_eq!(next(&mut first).await, ok(0));
    for value in 1..50 {
        // By somebody who rings later.
        world.memory.write("a", value);
        let mut late = world.watch(&ADA, "/own/a");
        assert_eq!(next(&mut late).await, ok(value));
    }
}

#[tokio::test]
async fn who_comes_while_a_round_is_under_way_waits_for_the_next_one() {
    let world = World::new();
    let mut first = world.watch(&ADA, "/own/a");
    assert_eq!(next(&mut first).await, ok(0));
    for value in 1..20 {
        let runs = world.memory.runs("a");
        world.memory.rows().held = true;
        world.write("a", value);
        while world.memory.runs("a") == runs {
            tokio::task::yield_now().await;
        }
        let mut late = world.watch(&ADA, "/own/a");
        world.memory.rows().held = false;
        assert_eq!(next(&mut late).await, ok(value));
    }
}

#[tokio::test]
async fn a_write_that_changes_no_answer_is_told_to_nobody() {
    let world = World::new();
    let mut session = world.watch(&ADA, "/own/a");
    assert_eq!(next(&mut session).await, ok(0));
    world.write("a", 0);
    world.write("b", 1);
    session.synced().await.expect("a round");
    assert!(session.news().is_empty());
    assert_eq!(world.memory.runs("b"), 0);
}

#[tokio::test]
async fn a_handler_that_fails_keeps_the_last_state_and_is_tried_again() {
    let world = World::new();
    world.write("a", 5);
    let mut session = world.watch(&ADA, "/own/a");
    assert_eq!(next(&mut session).await, ok(5));
    // It panics, then it cannot answer.
    for broken in [-1, -2] {
        let runs = world.memory.runs("a");
        world.write("a", broken);
        while world.memory.runs("a") < runs + 3 {
            tokio::task::yield_now().await;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(session.news().is_empty());
    }
    // Who comes meanwhile is told, and both hear of the end of it.
    let mut late = world.watch(&BOB, "/own/a");
    assert_eq!(next(&mut late).await.0, 503);
    world.write("a", 6);
    assert_eq!(next(&mut session).await, ok(6));
    assert_eq!(next(&mut late).await, ok(6));
}

#[tokio::test]
async fn nobody_waits_for_what_fails_elsewhere() {
    let world = World::new();
    world.write("broken", -2);
    let mut broken = world.watch(&ADA, "/own/broken");
    let mut sound = world.watch(&ADA, "/own/a");
    assert_eq!(next(&mut broken).await.0, 503);
    assert_eq!(next(&mut sound).await, ok(0));
    // Until there is a long pause between two tries.
    while world.memory.runs("broken") < 6 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let tries = world.memory.runs("broken");
    for value in 1..50 {
        world.write("a", value);
        assert_eq!(next(&mut sound).await, ok(value));
    }
    assert!(
        world.memory.runs("broken") < tries + 3,
        "it is not tried each time"
    );
}

#[tokio::test]
async fn what_fails_is_tried_again_also_while_others_write_all_the_time() {
    let world = World::new();
    world.write("broken", -2);
    let mut broken = world.watch(&ADA, "/own/broken");
    assert_eq!(next(&mut broken).await.0, 503);
    // It heals, and nothing tells of it.
    world.memory.rows().values.insert("broken".into(), 7);
    let (memory, live) = (world.memory.clone(), world.live.clone());
    let busy = tokio::spawn(async move {
        for value in 0.. {
            memory.write("a", value);
            live.ring();
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(next(&mut broken).await, ok(7));
    busy.abort();
}

#[tokio::test]
async fn a_handler_that_spoils_the_snapshot_spoils_nothing_else() {
    let world = World::new();
    let mut sessions: Vec<_> = ["/own/a", "/own/b", "/own/c", "/own/d"]
        .iter()
        .map(|path| world.watch(&ADA, path))
        .collect();
    for session in &mut sessions {
        assert_eq!(next(session).await, ok(0));
    }
    for value in 1..20 {
        for name in ["a", "c", "d"] {
            world.memory.write(name, value);
        }
        world.write("b", -3);
        for at in [0, 2, 3] {
            assert_eq!(next(&mut sessions[at]).await, ok(value));
        }
        assert!(sessions[1].news().is_empty(), "it keeps its state");
    }
    world.write("b", 1);
    assert_eq!(next(&mut sessions[1]).await, ok(1));
}

#[tokio::test]
async fn an_outage_of_the_database_loses_nothing() {
    let world = World::new();
    let mut session = world.watch(&ADA, "/own/a");
    assert_eq!(next(&mut session).await, ok(0));
    world.memory.rows().down = true;
    world.write("a", 1);
    let mut late = world.watch(&BOB, "/own/a");
    assert_eq!(next(&mut late).await.0, 503);
    world.write("a", 2);
    let synced = session.synced();
    world.memory.rows().down = false;
    synced.await.expect("a round");
    assert_eq!(next(&mut session).await, ok(2));
    assert_eq!(next(&mut late).await, ok(2));
}

#[tokio::test]
async fn who_leaves_leaves_nothing_behind() {
    static WATCHED: AtomicUsize = AtomicUsize::new(0);
    let world = World::new();
    let mut tasks = tokio::task::JoinSet::new();
    for turn in 0..100 {
        let mut session = world.watch(&ADA, if turn % 2 == 0 { "/own/a" } else { "/own/b" });
        session.watch("/shared/c", None).expect("a path");
        tasks.spawn(async move {
            if turn % 3 == 0 {
                session.all().await;
            }
            session.unwatch("/own/a");
            WATCHED.fetch_add(1, Ordering::Relaxed);
        });
        world.write("c", turn);
    }
    tasks.join_all().await;
    assert_eq!(WATCHED.load(Ordering::Relaxed), 100);
    assert_eq!(world.live.open(), 0);
    // A round that was under way ends, too.
    let mut last = world.watch(&BOB, "/own/z");
    next(&mut last).await;
    drop(last);
    assert!(world.live.hub.is_empty());
}
