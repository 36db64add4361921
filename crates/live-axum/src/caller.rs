//! Who watches.

use std::sync::Arc;
use std::time::SystemTime;

use axum::Extension;
use axum::http::Extensions;

use crate::error::Refused;

/// Somebody whose token was verified.
pub trait Caller: Clone + Send + Sync + 'static {
    /// All of the caller that an answer to this path may depend on. A path that several callers of
    /// one scope watch is run once for all of them, so a scope that is too wide shows one person
    /// what is another's: begin with the person's id, and leave it out only where everybody of,
    /// say, an organization gets the same.
    fn scope(&self, path: &str) -> Arc<str>;

    /// Whose connections are counted together.
    fn person(&self) -> &str;

    /// When the token ends, and with it what it opened.
    fn expires(&self) -> SystemTime;

    /// Waits until the token counts no more, before its end.
    fn withdrawn(&self) -> impl Future<Output = ()> + Send;

    /// Puts the caller where the handlers' extractors find them: a watched request carries no
    /// token.
    fn attach(&self, extensions: &mut Extensions);
}

/// A caller whom a layer has put into the request.
impl<C: Caller> Caller for Extension<C> {
    fn scope(&self, path: &str) -> Arc<str> {
        self.0.scope(path)
    }

    fn person(&self) -> &str {
        self.0.person()
    }

    fn expires(&self) -> SystemTime {
        self.0.expires()
    }

    async fn withdrawn(&self) {
        self.0.withdrawn().await;
    }

    fn attach(&self, extensions: &mut Extensions) {
        self.0.attach(extensions);
    }
}

/// Verifies tokens.
pub trait Callers: Clone + Send + Sync + 'static {
    /// Whom a good token names.
    type Caller: Caller;

    /// The caller whom this bearer token names.
    ///
    /// # Errors
    /// Why the token is refused, for the page.
    fn verify(&self, token: &str) -> impl Future<Output = Result<Self::Caller, Refused>> + Send;

    /// Whether the caller may send one more message, which costs about as much as a request.
    ///
    /// # Errors
    /// Why not.
    fn count(&self, caller: &Self::Caller) -> Result<(), Refused>;
}
