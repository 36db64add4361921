//! Live queries for axum: any GET of a router can be watched.
//!
//! A live query is a GET that is watched. Its path is its name, its answer its state; the handler
//! is the same that answers it once. What a handler reads is noted by the functions that read the
//! database ([`reads`]); what a commit touched is told by the database ([`Source`]). Then the
//! handlers concerned run again, all of them from one snapshot, and whoever watches is told of what
//! is new.

mod bad_request;
mod caller;
mod condition;
mod endpoints;
mod error;
mod hub;
mod idempotency;
mod index;
mod key;
mod reply;
mod round;
mod route;
mod run;
mod session;
mod socket;
mod source;
mod sse;
mod tag;
#[cfg(test)]
mod tests;
mod time;

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;
use tokio_util::sync::CancellationToken;

pub use bad_request::BadRequest;
pub use caller::{Caller, Callers};
pub use condition::IfMatch;
pub use endpoints::{BodyMax, Endpoints};
pub use error::Refused;
pub use hub::Limits;
pub use idempotency::{IDEMPOTENCY_KEY, IdempotencyKey};
pub use key::Key;
pub use live::State;
pub use reply::{Answer, Reply};
pub use run::{reads, snapshot};
pub use session::{Session, States};
pub use source::{Begun, Changes, Source};
pub use sse::events;

use hub::Hub;

/// The live queries of this process. Clones share them.
#[derive(Debug)]
pub struct Live<C: Caller> {
    hub: Hub<C>,
    shutdown: CancellationToken,
}

impl<C: Caller> Clone for Live<C> {
    fn clone(&self) -> Self {
        Self {
            hub: self.hub.clone(),
            shutdown: self.shutdown.clone(),
        }
    }
}

impl<C: Caller> Live<C> {
    /// Nobody watches yet. All connections end when `shutdown` is cancelled.
    pub fn new(limits: Limits, shutdown: CancellationToken) -> Self {
        Self {
            hub: Hub::new(limits),
            shutdown,
        }
    }

    /// Says that something may have been committed. It may be said too often.
    pub fn ring(&self) {
        self.hub.ring();
    }

    /// How many connections there are.
    pub fn open(&self) -> usize {
        self.hub.open()
    }

    /// Runs the handlers of this router whenever what they read has changed. Never ends.
    pub async fn drive(self, source: impl Source, router: Router) {
        round::drive(self.hub, source, router).await;
    }

    /// A connection of this caller, who watches nothing yet.
    ///
    /// # Errors
    /// When there are too many, of this person or of all.
    pub fn connect(&self, caller: C) -> Result<Session<C>, Refused> {
        let person = self.hub.connect(&caller)?;
        Ok(Session::new(self.hub.clone(), caller, person))
    }

    /// Resolves when the connections have to end.
    pub async fn ends(&self) {
        self.shutdown.cancelled().await;
    }

    /// Answers a page that opens a WebSocket: see [`live::FromPage`] for what it says. `held` is
    /// kept until the connection ends.
    pub fn socket<K: Callers<Caller = C>>(
        &self,
        upgrade: WebSocketUpgrade,
        callers: K,
        held: impl Send + 'static,
    ) -> Response {
        let live = self.clone();
        socket::limited(upgrade).on_upgrade(async move |socket| {
            socket::serve(live, callers, socket).await;
            drop(held);
        })
    }
}
