//! What is watched, by whom, and the newest state of each query.
//!
//! All of it is behind one lock, and a round of runs is published under it at once: whoever looks
//! sees states of one snapshot.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use live::State;
use tokio::sync::{Notify, oneshot};

use crate::caller::Caller;
use crate::error::Refused;
use crate::index::{Index, QueryId};
use crate::key::Key;
use crate::run::is_running;
use crate::source::Changes;

/// How much may be watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections of one person, in this process
    pub person: usize,
    /// Connections of all, in this process
    pub process: usize,
    /// Paths that one person watches, in all their connections to this process: a change that
    /// concerns all of them runs as many handlers
    pub watches: usize,
}

impl Default for Limits {
    /// For a process of some hundred MB.
    fn default() -> Self {
        Self {
            person: 64,
            process: 32 * 1024,
            watches: 128,
        }
    }
}

/// Everything that this process watches. Clones share it.
#[derive(Debug)]
pub(crate) struct Hub<C>(Arc<Inner<C>>);

impl<C> Clone for Hub<C> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

#[derive(Debug)]
struct Inner<C> {
    watched: Mutex<Watched<C>>,
    limits: Limits,
    ring: Notify,
}

/// A query's name: callers of one scope share it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Name {
    scope: Arc<str>,
    path: Arc<str>,
}

#[derive(Debug)]
struct Watched<C> {
    queries: HashMap<QueryId, Query<C>>,
    by_name: HashMap<Name, QueryId>,
    last_id: QueryId,
    index: Index,
    /// Those that must be run, again or for the first time
    due: HashSet<QueryId>,
    /// Those that failed, and are due when it is time to try again
    failed: HashSet<QueryId>,
    /// Who waits for the end of a round that has not begun
    waiting: Vec<oneshot::Sender<()>>,
    /// How many rounds have begun, and the last of them that has ended well
    begun: u64,
    done: u64,
    /// Who watches something new since a round that has not been followed by another, by address
    newcomers: HashMap<usize, (u64, Arc<Notify>)>,
    /// Connections
    open: usize,
    people: HashMap<Arc<str>, Held>,
}

/// What one person has.
#[derive(Debug, Default)]
struct Held {
    connections: usize,
    watches: usize,
}

#[derive(Debug)]
struct Query<C> {
    name: Name,
    /// Of those who watch it, the one whose token ends last
    caller: C,
    state: Option<Arc<State>>,
    reads: Vec<Key>,
    watchers: Vec<Arc<Notify>>,
}

impl<C: Caller> Watched<C> {
    fn add(&mut self, path: &Arc<str>, caller: &C, wake: &Arc<Notify>) -> Place {
        let name = Name {
            scope: caller.scope(path),
            path: path.clone(),
        };
        let query = *self.by_name.entry(name.clone()).or_insert_with(|| {
            self.last_id += 1;
            self.due.insert(self.last_id);
            self.last_id
        });
        let entry = self.queries.entry(query).or_insert_with(|| Query {
            name,
            caller: caller.clone(),
            state: None,
            reads: Vec::new(),
            watchers: Vec::new(),
        });
        entry.watchers.push(wake.clone());
        entry.renew(caller);
        let after = self.begun;
        let newcomer = (after, wake.clone());
        self.newcomers.insert(Arc::as_ptr(wake).addr(), newcomer);
        Place { query, after }
    }

    /// Takes a watcher away, and the query with the last one.
    fn remove(&mut self, id: QueryId, wake: &Arc<Notify>) {
        let Some(query) = self.queries.get_mut(&id) else {
            return;
        };
        if let Some(at) = query.watchers.iter().position(|it| Arc::ptr_eq(it, wake)) {
            query.watchers.swap_remove(at);
        }
        if query.watchers.is_empty()
            && let Some(query) = self.queries.remove(&id)
        {
            self.by_name.remove(&query.name);
            self.due.remove(&id);
            self.failed.remove(&id);
            for key in &query.reads {
                self.index.remove(key, id);
            }
        }
    }
}

impl<C: Caller> Query<C> {
    fn renew(&mut self, caller: &C) {
        if caller.expires() > self.caller.expires() {
            self.caller = caller.clone();
        }
    }

    /// All who watch are told of this state.
    fn show(&mut self, state: Arc<State>) {
        self.state = Some(state);
        for watcher in &self.watchers {
            watcher.notify_one();
        }
    }
}

/// A watch: its query, and the last round that had begun before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub query: QueryId,
    after: u64,
}

/// A query that must be run.
#[derive(Debug)]
pub(crate) struct Job<C> {
    pub query: QueryId,
    pub path: Arc<str>,
    pub caller: C,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub query: QueryId,
    pub state: State,
    pub reads: Vec<Key>,
}

impl<C: Caller> Hub<C> {
    pub fn new(limits: Limits) -> Self {
        let watched = Watched {
            queries: HashMap::default(),
            by_name: HashMap::default(),
            last_id: 0,
            index: Index::default(),
            due: HashSet::default(),
            failed: HashSet::default(),
            waiting: Vec::new(),
            begun: 0,
            done: 0,
            newcomers: HashMap::default(),
            open: 0,
            people: HashMap::default(),
        };
        Self(Arc::new(Inner {
            watched: watched.into(),
            limits,
            ring: Notify::new(),
        }))
    }

    fn watched(&self) -> MutexGuard<'_, Watched<C>> {
        // Nothing panics while the lock is held, and all is consistent at every step.
        let watched = self.0.watched.lock();
        watched.unwrap_or_else(PoisonError::into_inner)
    }

    /// Something may have been committed.
    pub fn ring(&self) {
        self.0.ring.notify_one();
    }

    /// Waits until somebody rings.
    pub async fn rung(&self) {
        self.0.ring.notified().await;
    }

    /// How many connections there are.
    pub fn open(&self) -> usize {
        self.watched().open
    }

    /// Counts a connection of this caller; answers whose it is.
    pub fn connect(&self, caller: &C) -> Result<Arc<str>, Refused> {
        if is_running() {
            // It would wait for a round, and the round for it.
            return Err(Refused::WATCHED);
        }
        let mut watched = self.watched();
        if watched.open >= self.0.limits.process {
            return Err(Refused::FULL);
        }
        let person: Arc<str> = caller.person().into();
        let held = watched.people.get(&person).map_or(0, |it| it.connections);
        if held >= self.0.limits.person {
            return Err(Refused::TOO_MANY_STREAMS);
        }
        let held = watched.people.entry(person.clone()).or_default();
        held.connections += 1;
        watched.open += 1;
        Ok(person)
    }

    /// A connection of this person has ended.
    pub fn disconnected(&self, person: &Arc<str>, wake: &Arc<Notify>) {
        let mut watched = self.watched();
        watched.newcomers.remove(&Arc::as_ptr(wake).addr());
        watched.open -= 1;
        if let Some(held) = watched.people.get_mut(person) {
            held.connections -= 1;
            if held.connections == 0 {
                watched.people.remove(person);
            }
        }
    }

    /// Adds a watcher of these paths, as many of them as the person may watch; answers where they are.
    /// It sees no state before a round that begins later: whatever was committed before this call is
    /// in what it sees first, and it sees all of them from the same round on.
    pub fn watch(
        &self,
        person: &Arc<str>,
        paths: &[Arc<str>],
        caller: &C,
        wake: &Arc<Notify>,
    ) -> Vec<Place> {
        let mut watched = self.watched();
        let mut places = Vec::with_capacity(paths.len());
        for path in paths {
            if let Some(held) = watched.people.get_mut(person) {
                if held.watches >= self.0.limits.watches {
                    break;
                }
                held.watches += 1;
            }
            places.push(watched.add(path, caller, wake));
        }
        drop(watched);
        self.ring();
        places
    }

    /// Watches the same path as another caller of the same person.
    pub fn exchange(
        &self,
        query: QueryId,
        path: &Arc<str>,
        caller: &C,
        wake: &Arc<Notify>,
    ) -> Place {
        let mut watched = self.watched();
        watched.remove(query, wake);
        let place = watched.add(path, caller, wake);
        drop(watched);
        self.ring();
        place
    }

    /// Somebody who watches this query has a fresh token. What was refused with the one before is
    /// asked anew.
    pub fn renew(&self, id: QueryId, caller: &C) {
        let mut guard = self.watched();
        let watched = &mut *guard;
        let Some(query) = watched.queries.get_mut(&id) else {
            return;
        };
        query.renew(caller);
        let is_refused = |state: &Arc<State>| matches!(state.status, 401 | 403);
        if query.state.as_ref().is_some_and(is_refused) {
            watched.due.insert(id);
            drop(guard);
            self.ring();
        }
    }

    /// Takes a watcher away, and the query with the last one.
    pub fn unwatch(&self, person: &Arc<str>, id: QueryId, wake: &Arc<Notify>) {
        let mut watched = self.watched();
        if let Some(held) = watched.people.get_mut(person) {
            held.watches -= 1;
        }
        watched.remove(id, wake);
    }

    /// The newest states of these queries, all of one moment.
    pub fn states<'a>(&self, places: impl Iterator<Item = &'a Place>) -> Vec<Option<Arc<State>>> {
        let watched = self.watched();
        let state = |place: &Place| {
            let query = watched.queries.get(&place.query)?;
            let state = query.state.as_ref()?;
            // An error may be told of before there is a round.
            let is_seen = watched.done > place.after || state.is_failure();
            is_seen.then(|| state.clone())
        };
        places.map(state).collect()
    }

    /// Resolves when all states are as new as what was committed before this call.
    pub fn synced(&self) -> oneshot::Receiver<()> {
        let (done, waits) = oneshot::channel();
        self.watched().waiting.push(done);
        self.ring();
        waits
    }

    /// Who waits for the round that begins now, and whether there is anything to run it for.
    pub fn begin(&self) -> (Vec<oneshot::Sender<()>>, bool) {
        let mut watched = self.watched();
        watched.begun += 1;
        (
            std::mem::take(&mut watched.waiting),
            !watched.queries.is_empty(),
        )
    }

    /// They wait for the next round instead.
    pub fn wait_on(&self, waiting: Vec<oneshot::Sender<()>>) {
        let mut watched = self.watched();
        watched.waiting.extend(waiting);
        // Who went away waits for nothing.
        watched.waiting.retain(|it| !it.is_closed());
    }

    /// What must be run after these changes.
    pub fn due(&self, changes: &Changes) -> Vec<Job<C>> {
        let mut guard = self.watched();
        let watched = &mut *guard;
        match changes {
            Changes::Unknown => watched.due.extend(watched.queries.keys()),
            Changes::Of(keys) => {
                for key in keys {
                    watched.due.extend(watched.index.touched(key));
                }
            }
        }
        let due = std::mem::take(&mut watched.due);
        due.into_iter()
            .filter_map(|id| {
                let query = watched.queries.get(&id)?;
                Some(Job {
                    query: id,
                    path: query.name.path.clone(),
                    caller: query.caller.clone(),
                })
            })
            .collect()
    }

    /// Gives up a round in which some failed, before the rest was run: the others are due once more.
    /// Who has no state of what failed is told.
    pub fn abandon(&self, outcomes: Vec<Outcome>, rest: impl Iterator<Item = Job<C>>) {
        let mut guard = self.watched();
        let watched = &mut *guard;
        let outcomes = outcomes.into_iter().map(|it| (it.query, Some(it.state)));
        for (id, state) in outcomes.chain(rest.map(|job| (job.query, None))) {
            // Nobody watches it any more.
            let Some(query) = watched.queries.get_mut(&id) else {
                continue;
            };
            let Some(failure) = state.filter(State::is_failure) else {
                watched.due.insert(id);
                continue;
            };
            watched.failed.insert(id);
            if query.state.is_none() {
                query.show(Arc::new(failure));
            }
        }
    }

    /// It is time to try again what failed.
    pub fn retry(&self) {
        let mut guard = self.watched();
        let watched = &mut *guard;
        watched.due.extend(watched.failed.drain());
    }

    /// Publishes what came of a round. A query that failed keeps its state, if it has one; answers
    /// whether there is any that is to be tried again.
    pub fn finish(&self, outcomes: Vec<Outcome>) -> bool {
        let mut guard = self.watched();
        let watched = &mut *guard;
        watched.done = watched.begun;
        let done = watched.done;
        watched.newcomers.retain(|_, (after, newcomer)| {
            let waits = *after >= done;
            if !waits {
                newcomer.notify_one();
            }
            waits
        });
        for Outcome {
            query: id,
            state,
            mut reads,
        } in outcomes
        {
            // It is kept for as long as somebody watches.
            reads.shrink_to_fit();
            // Nobody watches it any more.
            let Some(query) = watched.queries.get_mut(&id) else {
                continue;
            };
            let fails = state.is_failure();
            if fails {
                watched.failed.insert(id);
            } else {
                watched.failed.remove(&id);
            }
            if !fails || query.reads.is_empty() {
                for key in query.reads.iter().filter(|key| !reads.contains(key)) {
                    watched.index.remove(key, id);
                }
                for key in &reads {
                    watched.index.insert(key, id);
                }
                query.reads = reads;
            }
            let old = query.state.as_ref();
            if !old.is_some_and(|old| fails || old.is_same(&state)) {
                query.show(Arc::new(state));
            }
        }
        !watched.failed.is_empty()
    }

    /// Tells those who have no state yet why there is none. All stay due.
    pub fn fail(&self, state: State) {
        let mut guard = self.watched();
        let watched = &mut *guard;
        let state = Arc::new(state);
        for (id, query) in &mut watched.queries {
            if query.state.is_none() {
                query.show(state.clone());
                watched.due.insert(*id);
            }
        }
    }

    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        let watched = self.watched();
        watched.queries.is_empty()
            && watched.by_name.is_empty()
            && watched.index.is_empty()
            && watched.due.is_empty()
            && watched.failed.is_empty()
            && watched.people.is_empty()
            && watched.newcomers.is_empty()
            && watched.open == 0
    }
}
