//! Writing.

use std::fmt;
use std::rc::Rc;

use futures_channel::oneshot::Receiver;
use live::{Mutation, Outcome, Write};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::failure::Failure;
use crate::provider::{Live, use_live, use_seen};
use crate::views::Views;

/// How far the writes of a component are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum MutationState {
    /// Nothing is on its way, and the last one, if there was one, was written.
    #[default]
    Idle,
    /// One or more are on their way. While there is no connection, they wait.
    Pending,
    /// The last one was refused, and what it showed is taken back; be it one that waited since before
    /// a reload.
    Failed(Failure),
}

/// A way to write.
pub struct Mutate<P, I, O> {
    live: Live,
    mutation: Mutation<P, I, O>,
    state: MutationState,
    refused: UseStateSetter<Option<(Live, Failure)>>,
    if_match: Option<String>,
}

/// Writes by this endpoint.
///
/// # Panics
/// Where no [`crate::LiveProvider`] is above the component.
#[hook]
pub fn use_mutation<P, I, O>(mutation: Mutation<P, I, O>) -> Mutate<P, I, O>
where
    P: 'static,
    I: 'static,
    O: 'static,
{
    let live = use_live();
    let refused = use_state_eq(|| None::<(Live, Failure)>);
    let seen = use_seen(&live, move |store| {
        let (method, template) = (mutation.method(), mutation.template());
        let is_pending = store.pending(method, template) > 0;
        (is_pending, store.refusal(method, template))
    });
    let (is_pending, of_a_page_before) = seen.unwrap_or_default();
    // What was said to somebody else is nobody's.
    let mine = (*refused).clone().filter(|(of, _)| *of == live);
    let refused_last = mine.map(|(_, failure)| failure);
    let state = match refused_last.or(of_a_page_before) {
        _ if is_pending => MutationState::Pending,
        Some(failure) => MutationState::Failed(failure),
        None => MutationState::Idle,
    };
    Mutate {
        live,
        mutation,
        state,
        refused: refused.setter(),
        if_match: None,
    }
}

impl<P, I, O> Mutate<P, I, O>
where
    P: Serialize + DeserializeOwned + 'static,
    I: Serialize + DeserializeOwned + 'static,
    O: DeserializeOwned + 'static,
{
    /// What a write shows from the moment it is made until the queries show it, or until it is
    /// refused. It is also shown by writes of this endpoint that other components and tabs make,
    /// and that wait since before a reload. An endpoint has one effect in a page, the last one that was
    /// given: so it should depend on nothing but its arguments.
    #[must_use]
    pub fn optimistic(self, effect: impl Fn(&mut Views, &P, &I) + 'static) -> Self {
        if let Some(store) = &self.live.0 {
            let effect = move |write: &Write, views: &mut Views| {
                let params = serde_json::from_str(&write.params);
                if let (Ok(params), Ok(input)) = (params, serde_json::from_str(&write.input)) {
                    effect(views, &params, &input);
                }
            };
            store.set_effect(
                self.mutation.method(),
                self.mutation.template(),
                Rc::new(effect),
            );
        }
        self
    }

    /// The same, but only upon what has this entity tag: else it is refused with 412.
    #[must_use]
    pub fn if_match(&self, etag: impl Into<String>) -> Self {
        Self {
            if_match: Some(etag.into()),
            ..self.clone()
        }
    }

    /// How far its writes are.
    pub fn state(&self) -> &MutationState {
        &self.state
    }

    /// Why the last one was refused, if it was.
    pub fn failure(&self) -> Option<&Failure> {
        match &self.state {
            MutationState::Failed(failure) => Some(failure),
            MutationState::Idle | MutationState::Pending => None,
        }
    }

    /// Writes. What becomes of it is in [`Mutate::state`].
    #[allow(clippy::needless_pass_by_value, reason = "as it is written")]
    pub fn call(&self, params: P, input: I) {
        let (live, refused) = (self.live.clone(), self.refused.clone());
        let Some(answer) = self.begin(&params, &input) else {
            return refused.set(Some((live, signed_out())));
        };
        spawn_local(async move {
            // Who has signed out or switched meanwhile is told nothing: that says enough.
            if let Ok(outcome) = answer.await {
                let failure = answered(outcome).err();
                refused.set(failure.map(|failure| (live, failure)));
            }
        });
    }

    /// Writes, and waits for the answer: however long there is no connection.
    ///
    /// # Errors
    /// What the server answered instead. With status 0 nobody is signed in, or has signed out or switched
    /// to another account or organization before there was an answer.
    #[allow(clippy::needless_pass_by_value, reason = "as it is written")]
    pub async fn send(&self, params: P, input: I) -> Result<O, Failure> {
        let answer = self.begin(&params, &input).ok_or_else(signed_out)?;
        let outcome = answered(answer.await.map_err(|_| signed_out())?)?;
        // No content is what `()` reads as null.
        let body = match outcome.body.as_str() {
            "" => "null",
            body => body,
        };
        serde_json::from_str(body).map_err(|error| Failure {
            status: outcome.status,
            body: format!("It was written, but the answer cannot be read: {error}."),
        })
    }

    /// Writes; none when nobody is signed in.
    fn begin(&self, params: &P, input: &I) -> Option<Receiver<Outcome>> {
        self.refused.set(None);
        let text = |value: serde_json::Result<String>| value.unwrap_or_else(|_| "null".to_owned());
        self.live.0.as_ref().map(|store| {
            store.take_refusal(self.mutation.method(), self.mutation.template());
            store.write(|key| Write {
                key,
                method: self.mutation.method(),
                template: self.mutation.template().to_owned(),
                path: self.mutation.path(params),
                params: text(serde_json::to_string(params)),
                input: text(serde_json::to_string(input)),
                if_match: self.if_match.clone(),
            })
        })
    }
}

fn answered(outcome: Outcome) -> Result<Outcome, Failure> {
    if outcome.is_success() {
        Ok(outcome)
    } else {
        Err(outcome.into())
    }
}

/// There is nobody in whose name to write.
fn signed_out() -> Failure {
    Failure {
        status: 0,
        body: "You are signed out.".to_owned(),
    }
}

impl<P, I, O> Clone for Mutate<P, I, O> {
    fn clone(&self) -> Self {
        Self {
            live: self.live.clone(),
            mutation: self.mutation,
            state: self.state.clone(),
            refused: self.refused.clone(),
            if_match: self.if_match.clone(),
        }
    }
}

impl<P, I, O> PartialEq for Mutate<P, I, O> {
    fn eq(&self, other: &Self) -> bool {
        self.live == other.live && self.state == other.state && self.if_match == other.if_match
    }
}

impl<P, I, O> fmt::Debug for Mutate<P, I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {:?}", self.mutation, self.state)
    }
}
