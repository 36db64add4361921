//! `GET /api/live`, or wherever an app has it: any GET of the router, watched.

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, Request};
use axum::http::header::{AUTHORIZATION, UPGRADE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::Event;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};

use crate::caller::{Caller, Callers};
use crate::error::Refused;
use crate::session::States;
use crate::{Live, events};

impl<C: Caller> Live<C> {
    /// Answers `GET ?watch=/api/notes&watch=…` with server-sent events, and a page that opens a
    /// WebSocket as [`Live::socket`] does. The bearer token is in the header, or in the first
    /// message of a WebSocket.
    pub fn route<K, S>(&self, callers: K) -> MethodRouter<S>
    where
        K: Callers<Caller = C>,
        S: Clone + Send + Sync + 'static,
    {
        let live = self.clone();
        get(move |request: Request| async move {
            let (mut parts, _) = request.into_parts();
            let is_socket = |it: &[u8]| it.eq_ignore_ascii_case(b"websocket");
            if parts
                .headers
                .get(UPGRADE)
                .is_some_and(|it| is_socket(it.as_bytes()))
            {
                return match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
                    Ok(upgrade) => live.socket(upgrade, callers, ()),
                    Err(refused) => refused.into_response(),
                };
            }
            let query = parts.uri.query().unwrap_or_default();
            match live.stream(&callers, &parts.headers, query).await {
                Ok(stream) => stream,
                Err(refused) => refused.into_response(),
            }
        })
    }

    async fn stream<K: Callers<Caller = C>>(
        self,
        callers: &K,
        headers: &HeaderMap,
        query: &str,
    ) -> Result<Response, Refused> {
        let token = headers.get(AUTHORIZATION).and_then(|it| it.to_str().ok());
        let bearer = token.and_then(|it| it.split_once(' '));
        let bearer = bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let (_, token) = bearer.ok_or(Refused::new(
            StatusCode::UNAUTHORIZED,
            "Send a token: Authorization: Bearer <token>.",
        ))?;
        let caller = callers.verify(token).await?;
        callers.count(&caller)?;
        let mut session = self.connect(caller)?;
        for (name, path) in form_urlencoded::parse(query.as_bytes()) {
            if name == "watch" {
                session.watch(&path, None)?;
            }
        }
        if session.is_idle() {
            let how = "Name what to watch: ?watch=/api/notes";
            return Err(Refused::new(StatusCode::BAD_REQUEST, how));
        }
        let first = session.all().await;
        Ok(events(self, session, first, event).into_response())
    }
}

fn event(states: &States) -> Option<Event> {
    // States are strings, numbers and JSON.
    let data = serde_json::to_string(states).ok()?;
    Some(Event::default().event("states").data(data))
}
