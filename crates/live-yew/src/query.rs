//! Reading.

use std::ops::Deref;
use std::rc::Rc;

use live::{Event, Query};
use serde::Serialize;
use serde::de::DeserializeOwned;
use yew::prelude::*;

use crate::failure::Failure;
use crate::provider::{Live, use_live, use_seen};
use crate::store::Shown;

/// What a query shows.
#[derive(Debug, PartialEq)]
pub enum QueryState<O> {
    /// There is no answer yet.
    Loading,
    /// The answer, now and whenever it changes.
    Ready(Answer<O>),
    /// The server answered something else. When it has something better, that shows by itself.
    Failed(Failed),
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Failed {
    failure: Failure,
    live: Live,
    path: String,
}

impl Failed {
    /// Asks again now.
    pub fn retry(&self) {
        if let Some(store) = &self.live.0 {
            store.happens(Event::Again(self.path.clone()));
        }
    }
}

impl Deref for Failed {
    type Target = Failure;

    fn deref(&self) -> &Failure {
        &self.failure
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer<O> {
    value: Rc<O>,
    shown: Shown,
}

impl<O> Answer<O> {
    /// The entity tag of what the server said last, for writes upon it.
    pub fn etag(&self) -> Option<&str> {
        self.shown.etag.as_deref()
    }

    /// Whether the server would have told of a newer one: the connection is up.
    pub fn is_confirmed(&self) -> bool {
        self.shown.is_confirmed
    }

    /// Whether a write is in it that is still on its way.
    pub fn is_pending(&self) -> bool {
        self.shown.is_pending
    }
}

impl<O> Deref for Answer<O> {
    type Target = O;

    fn deref(&self) -> &O {
        &self.value
    }
}

impl<O> PartialEq for Answer<O> {
    /// Of the same query, answers of the same text are the same.
    fn eq(&self, other: &Self) -> bool {
        self.shown == other.shown
    }
}

impl<O> Clone for Answer<O> {
    fn clone(&self) -> Self {
        Self {
            value: self.value.clone(),
            shown: self.shown.clone(),
        }
    }
}

impl<O> Clone for QueryState<O> {
    fn clone(&self) -> Self {
        match self {
            Self::Loading => Self::Loading,
            Self::Ready(answer) => Self::Ready(answer.clone()),
            Self::Failed(failed) => Self::Failed(failed.clone()),
        }
    }
}

impl<O> QueryState<O> {
    /// The answer, if there is one.
    pub fn ready(&self) -> Option<&Answer<O>> {
        match self {
            Self::Ready(answer) => Some(answer),
            Self::Loading | Self::Failed(_) => None,
        }
    }
}

impl<O: DeserializeOwned> QueryState<O> {
    fn of(live: &Live, path: &str, shown: &Shown) -> Self {
        let Some(status) = shown.status else {
            return Self::Loading;
        };
        let failed = |body: String| {
            Self::Failed(Failed {
                failure: Failure { status, body },
                live: live.clone(),
                path: path.to_owned(),
            })
        };
        if !(200..300).contains(&status) {
            return failed(shown.body.to_string());
        }
        match serde_json::from_str(&shown.body) {
            Ok(value) => Self::Ready(Answer {
                value: Rc::new(value),
                shown: shown.clone(),
            }),
            Err(error) => failed(format!(
                "The answer cannot be read: {error}. Reload the page."
            )),
        }
    }
}

/// What this GET answers, now and whenever it changes. Components and tabs that ask for the same
/// share it.
///
/// # Panics
/// Where no [`crate::LiveProvider`] is above the component.
#[hook]
pub fn use_query<P, O>(query: Query<P, O>, params: P) -> QueryState<O>
where
    P: Serialize,
    O: DeserializeOwned + 'static,
{
    let states = use_queries(query, vec![params]);
    states.into_iter().next().unwrap_or(QueryState::Loading)
}

/// What a GET answers for each of these parameters: the pages of a list, say.
///
/// # Panics
/// As [`use_query`].
#[hook]
pub fn use_queries<P, O>(query: Query<P, O>, params: Vec<P>) -> Vec<QueryState<O>>
where
    P: Serialize,
    O: DeserializeOwned + 'static,
{
    let live = use_live();
    let paths: Vec<_> = params.iter().map(|it| query.path(it)).collect();
    use_effect_with((live.clone(), paths.clone()), |(live, paths)| {
        if let Some(store) = &live.0 {
            for path in paths {
                store.look(path);
            }
        }
        let (live, paths) = (live.clone(), paths.clone());
        move || {
            if let Some(store) = &live.0 {
                for path in &paths {
                    store.look_away(path);
                }
            }
        }
    });
    let wanted = paths.clone();
    let shown = use_seen(&live, move |store| {
        let shown = paths.iter().map(|path| store.shown(path));
        shown.collect::<Vec<_>>()
    });
    let states = use_memo((live, wanted, shown), |(live, paths, shown)| {
        let shown = shown.iter().flatten().zip(paths);
        shown
            .map(|(shown, path)| QueryState::of(live, path, shown))
            .collect::<Vec<_>>()
    });
    let state = |at| states.get(at).cloned().unwrap_or(QueryState::Loading);
    (0..params.len()).map(state).collect()
}
