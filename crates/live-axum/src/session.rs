//! One connection: what it watches, and what it has been told.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::Uri;
use live::State;
use tokio::sync::{Notify, oneshot};

use crate::caller::Caller;
use crate::error::Refused;
use crate::hub::{Hub, Place};

/// The longest path, in bytes.
const PATH_MAX: usize = 2 * 1024;

/// How many new paths one message may have: more than anybody may watch.
const NEW_MAX: usize = 1024;

/// The longest entity tag that a page may have, in bytes: any other is none of ours.
const ETAG_MAX: usize = 256;

/// A connection. Dropping it ends all its watches.
#[derive(Debug)]
pub struct Session<C: Caller> {
    hub: Hub<C>,
    caller: C,
    person: Arc<str>,
    wake: Arc<Notify>,
    watches: Vec<Watch>,
}

#[derive(Debug)]
struct Watch {
    path: Arc<str>,
    place: Place,
    told: Told,
}

/// What the other side knows of a query.
#[derive(Debug)]
enum Told {
    Nothing,
    /// It says that it has the state with this entity tag.
    Known(String),
    State(Arc<State>),
}

/// States by their paths.
pub type States = BTreeMap<Arc<str>, Arc<State>>;

impl<C: Caller> Session<C> {
    pub(crate) fn new(hub: Hub<C>, caller: C, person: Arc<str>) -> Self {
        Self {
            hub,
            caller,
            person,
            wake: Arc::default(),
            watches: Vec::new(),
        }
    }

    /// Whose it is.
    pub fn caller(&self) -> &C {
        &self.caller
    }

    /// Whether it watches nothing.
    pub fn is_idle(&self) -> bool {
        self.watches.is_empty()
    }

    /// Watches this path; `known` is the entity tag of the state that the other side has. A path
    /// that is watched already goes on being watched.
    ///
    /// # Errors
    /// When the path is none, or there are too many.
    pub fn watch(&mut self, path: &str, known: Option<String>) -> Result<(), Refused> {
        self.watch_all([(path.to_owned(), known)])
    }

    /// Watches all of these from one moment on, as [`Session::watch`] does each.
    ///
    /// # Errors
    /// When one is no path: then none is watched. When there are too many: then some are.
    pub fn watch_all(
        &mut self,
        paths: impl IntoIterator<Item = (String, Option<String>)>,
    ) -> Result<(), Refused> {
        let mut new: Vec<(Arc<str>, Told)> = Vec::new();
        for (path, known) in paths {
            if !is_path(&path) {
                return Err(Refused::BAD_PATH);
            }
            let is_watched = self.watches.iter().any(|watch| *watch.path == *path);
            if !is_watched && new.len() < NEW_MAX && new.iter().all(|(it, _)| **it != *path) {
                let known = known.filter(|etag| etag.len() <= ETAG_MAX);
                new.push((path.into(), known.map_or(Told::Nothing, Told::Known)));
            }
        }
        let paths: Vec<_> = new.iter().map(|(path, _)| path.clone()).collect();
        let (person, caller) = (&self.person, &self.caller);
        let places = self.hub.watch(person, &paths, caller, &self.wake);
        let are_all = places.len() == new.len() && new.len() < NEW_MAX;
        // Most connections watch what their first message says, and there are very many.
        self.watches.reserve_exact(places.len());
        let watches = new.into_iter().zip(places);
        let watches = watches.map(|((path, told), place)| Watch { path, place, told });
        self.watches.extend(watches);
        if are_all {
            Ok(())
        } else {
            Err(Refused::TOO_MANY_WATCHES)
        }
    }

    /// Watches this path no longer.
    pub fn unwatch(&mut self, path: &str) {
        if let Some(at) = self.watches.iter().position(|watch| &*watch.path == path) {
            let watch = self.watches.swap_remove(at);
            self.hub
                .unwatch(&self.person, watch.place.query, &self.wake);
        }
    }

    /// Goes on with a fresh token of the same person. What depends on anything else in it that
    /// has changed is asked anew.
    ///
    /// # Errors
    /// When the token is somebody else's.
    pub fn renew(&mut self, caller: C) -> Result<(), Refused> {
        if caller.person() != &*self.person {
            return Err(Refused::ANOTHER);
        }
        for watch in &mut self.watches {
            let query = watch.place.query;
            if caller.scope(&watch.path) == self.caller.scope(&watch.path) {
                self.hub.renew(query, &caller);
            } else {
                watch.place = self.hub.exchange(query, &watch.path, &caller, &self.wake);
                // The same entity tag may stand for something else there.
                watch.told = Told::Nothing;
            }
        }
        self.caller = caller;
        Ok(())
    }

    /// Waits for states that the other side does not have.
    pub async fn changed(&mut self) -> States {
        loop {
            let wake = self.wake.clone();
            let woken = wake.notified();
            let states = self.news();
            if !states.is_empty() {
                return states;
            }
            woken.await;
        }
    }

    /// Waits until there is a state of everything that is watched, and answers all that the other
    /// side does not have.
    pub async fn all(&mut self) -> States {
        loop {
            let wake = self.wake.clone();
            let woken = wake.notified();
            let places = self.watches.iter().map(|watch| &watch.place);
            if self.hub.states(places).iter().all(Option::is_some) {
                return self.news();
            }
            woken.await;
        }
    }

    /// The states that the other side does not have.
    pub fn news(&mut self) -> States {
        let states = self
            .hub
            .states(self.watches.iter().map(|watch| &watch.place));
        let mut news = States::new();
        for (watch, state) in self.watches.iter_mut().zip(states) {
            let Some(state) = state else { continue };
            let message = match (&watch.told, &state.etag) {
                (Told::State(old), _) if old.is_same(&state) => continue,
                (Told::Known(known), Some(etag)) if **etag == **known => {
                    Arc::new(State::not_modified(etag.clone()))
                }
                _ => state.clone(),
            };
            news.insert(watch.path.clone(), message);
            watch.told = Told::State(state);
        }
        news
    }

    /// Resolves when what [`Session::news`] has is as new as everything that was committed before
    /// this call.
    pub fn synced(&self) -> oneshot::Receiver<()> {
        self.hub.synced()
    }
}

fn is_path(path: &str) -> bool {
    path.len() <= PATH_MAX
        && path.starts_with('/')
        && !path.starts_with("//")
        && path
            .parse::<Uri>()
            .is_ok_and(|uri| uri.authority().is_none())
}

impl<C: Caller> Drop for Session<C> {
    fn drop(&mut self) {
        for watch in &self.watches {
            self.hub
                .unwatch(&self.person, watch.place.query, &self.wake);
        }
        self.hub.disconnected(&self.person, &self.wake);
    }
}
