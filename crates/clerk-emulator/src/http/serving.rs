//! From HTTP to a handler and back: one transaction for each call.

use std::io::Write;

use axum::Router;
use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, SET_COOKIE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use serde_json::{Value, json};

use crate::credentials::password::Proofs;
use crate::delivery::mail;
use crate::emulator::Emulator;
use crate::error::{ClerkError, json_response};
use crate::model::Message;
use crate::scope::call::Call;
use crate::scope::{Answer, Handler, Refused, Reply, Scope};
use crate::store::Transaction;
use crate::view;

/// What a handler does to the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing; any number run at once.
    Read,
    /// It changes.
    Write,
}

/// How a handler came out.
struct Outcome {
    reply: Reply,
    client: Value,
    cookie: Option<String>,
}

impl Emulator {
    /// Runs a handler as one transaction, off the threads that serve connections: it waits for
    /// the disk. Work that takes long is done in between, and the handler run again.
    async fn run(
        &self,
        call: Call,
        access: Access,
        with_browser: bool,
        handler: impl Fn(&mut Scope<'_>) -> Answer + Send + 'static,
    ) -> Result<Outcome, ClerkError> {
        let emulator = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            emulator.work(&call, access, with_browser, handler)
        })
        .await
        .map_err(ClerkError::internal)?;
        if access == Access::Write {
            self.wrote();
        }
        done
    }

    /// Runs a handler that writes, without HTTP.
    pub(crate) fn run_now(&self, call: &Call, handler: Handler) -> Result<(), ClerkError> {
        self.work(call, Access::Write, false, handler).map(|_| ())
    }

    fn work(
        &self,
        call: &Call,
        access: Access,
        with_browser: bool,
        handler: impl Fn(&mut Scope<'_>) -> Answer,
    ) -> Result<Outcome, ClerkError> {
        if access == Access::Write {
            // The first key is kept by a transaction of its own, which one that has begun would
            // wait for.
            self.keys()?;
        }
        let proofs = Proofs::default();
        loop {
            let mut mails = Vec::new();
            let once = |tx: &Transaction| {
                let mut scope = Scope::new(self, tx, call, &proofs)?;
                if with_browser {
                    scope.find_client()?;
                }
                let reply = handler(&mut scope);
                if proofs.are_wanted() {
                    return Err(ClerkError::bad("unproven", "This run counts for nothing."));
                }
                mails = std::mem::take(&mut scope.mails);
                let reply = reply?;
                scope.keep_client()?;
                let client = match (&reply, &scope.client) {
                    (Reply::WithClient(_), Some(client)) if with_browser => {
                        view::client(&scope, client)?
                    }
                    _ => Value::Null,
                };
                let cookie = scope.new_cookie.take();
                Ok(Outcome {
                    reply,
                    client,
                    cookie,
                })
            };
            let result = match access {
                Access::Read => self.store().read(once),
                Access::Write => self.store().write(once),
            };
            if proofs.are_wanted() {
                proofs.work()?;
                continue;
            }
            if result.is_ok() {
                mails.iter().for_each(print);
            }
            return result;
        }
    }
}

/// The terminal is where the person looks. One that has gone is no reason to fail.
fn print(message: &Message) {
    if let Some(text) = mail::printed(message) {
        let _ = writeln!(std::io::stdout(), "\n{text}\n");
    }
}

fn text(value: &str) -> Result<HeaderValue, ClerkError> {
    HeaderValue::from_str(value)
        .map_err(|_| ClerkError::bad("request_invalid", "A URL contains invalid characters."))
}

/// The answer to a reply; `client` rides along where there is a browser.
fn respond(reply: Reply, client: Option<Value>) -> Result<Response, ClerkError> {
    Ok(match reply {
        Reply::WithClient(value) => match client {
            Some(client) => json_response(
                StatusCode::OK,
                &json!({ "response": value, "client": client }),
            ),
            None => json_response(StatusCode::OK, &value),
        },
        Reply::Plain(value) => json_response(StatusCode::OK, &value),
        Reply::Nothing => StatusCode::NO_CONTENT.into_response(),
        Reply::Html(page) => {
            let mut response = page.into_response();
            let headers = response.headers_mut();
            headers.insert(
                CONTENT_TYPE,
                HeaderValue::from_static("text/html; charset=utf-8"),
            );
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(
                CONTENT_SECURITY_POLICY,
                HeaderValue::from_static(
                    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
                ),
            );
            response
        }
        Reply::Bytes(kind, bytes) => {
            let mut response = bytes.into_response();
            let headers = response.headers_mut();
            headers.insert(CONTENT_TYPE, text(&kind)?);
            headers.insert(
                CACHE_CONTROL,
                HeaderValue::from_static("public, max-age=31536000, immutable"),
            );
            headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            // Opened by itself, a picture can do nothing.
            headers.insert(
                CONTENT_SECURITY_POLICY,
                HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox"),
            );
            response
        }
        Reply::Redirect(page) => redirect(StatusCode::SEE_OTHER, page.as_str())?,
        Reply::Onward(path) => redirect(StatusCode::SEE_OTHER, &path)?,
        Reply::Handshake(page, cookie) => {
            let mut response = redirect(StatusCode::TEMPORARY_REDIRECT, page.as_str())?;
            if let Some(cookie) = cookie {
                response.headers_mut().append(SET_COOKIE, text(&cookie)?);
            }
            response
        }
    })
}

fn redirect(status: StatusCode, url: &str) -> Result<Response, ClerkError> {
    let mut response = status.into_response();
    let headers = response.headers_mut();
    headers.insert(LOCATION, text(url)?);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// A handler and where it stands.
pub struct Route {
    method: MethodFilter,
    path: &'static str,
    access: Access,
    handler: Handler,
    refused: Option<Refused>,
}

impl Route {
    /// Answers by this where the handler is refused: a person opened the address, who reads no
    /// JSON.
    pub const fn or(self, refused: Refused) -> Self {
        Self {
            refused: Some(refused),
            ..self
        }
    }
}

/// Declares how a route with this method is made.
macro_rules! routes {
    ($($(#[$doc:meta])* $name:ident: $method:ident, $access:ident;)*) => {
        $($(#[$doc])*
        pub const fn $name(path: &'static str, handler: Handler) -> Route {
            Route {
                method: MethodFilter::$method,
                path,
                access: Access::$access,
                handler,
                refused: None,
            }
        })*
    };
}

routes! {
    /// Shows something.
    get: GET, Read;
    /// An address that changes something by being opened.
    get_writing: GET, Write;
    post: POST, Write;
    /// Asked by POST, and changes nothing: tokens.
    post_reading: POST, Read;
    put: PUT, Write;
    patch: PATCH, Write;
    /// Asked by PATCH, and changes nothing: the environment.
    patch_reading: PATCH, Read;
    delete: DELETE, Write;
}

/// The routes of the Frontend API: the browser's client rides along.
pub fn frontend(routes: &'static [Route]) -> Router<Emulator> {
    routes.iter().fold(Router::new(), |router, it| {
        let answer = move |State(emulator): State<Emulator>, call: Call| async move {
            let again = it.refused.map(|refused| (refused, call.clone()));
            let outcome = match (emulator.run(call, it.access, true, it.handler).await, again) {
                (Err(error), Some((refused, call))) if !error.is_internal() => {
                    let refused = move |scope: &mut Scope<'_>| refused(scope, &error);
                    emulator.run(call, Access::Write, true, refused).await?
                }
                (outcome, _) => outcome?,
            };
            let mut response = respond(outcome.reply, Some(outcome.client))?;
            if let Some(cookie) = outcome.cookie {
                let age = if cookie.is_empty() {
                    0
                } else {
                    365 * 24 * 60 * 60
                };
                let cookie =
                    format!("__client={cookie}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax");
                response.headers_mut().append(SET_COOKIE, text(&cookie)?);
            }
            Ok::<_, ClerkError>(response)
        };
        router.route(it.path, on(it.method, answer))
    })
}

/// The routes of the Backend API and of the emulator's own API.
pub fn backend(routes: &'static [Route]) -> Router<Emulator> {
    routes.iter().fold(Router::new(), |router, it| {
        let answer = move |State(emulator): State<Emulator>, call: Call| async move {
            let outcome = emulator.run(call, it.access, false, it.handler).await?;
            respond(outcome.reply, None)
        };
        router.route(it.path, on(it.method, answer))
    })
}
