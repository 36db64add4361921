//! The stream itself, read over fetch, because the token goes in a header.

use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, ReadableStreamDefaultReader};

use super::sse::SseParser;
use crate::api::{Api, ApiError, Versioned};
use crate::current_user::{Event, Link};
use crate::retry;

/// A stream that is silent for so long is dead, in milliseconds: more than two heartbeats.
const SILENCE: u32 = 40_000;
/// A stream that lived so long ended in good order, in milliseconds.
const GOOD_LIFE: f64 = 1_000.0;

/// Follows the row for ever: opens the stream, opens it again with a fresh token when it ends,
/// and after growing pauses when it fails.
pub async fn follow(api: Api, emit: impl Fn(Event)) {
    let mut failures = 0;
    loop {
        let opened = js_sys::Date::now();
        match read(&api, &emit).await {
            // The token expired, or the server is being replaced.
            Ok(()) if js_sys::Date::now() - opened > GOOD_LIFE => failures = 0,
            Err(ApiError::Gone) => return,
            _ => {
                emit(Event::Link(Link::Down));
                retry::wait(failures).await;
                failures += 1;
            }
        }
    }
}

/// Reads one stream to its end.
async fn read(api: &Api, emit: &impl Fn(Event)) -> Result<(), ApiError> {
    let abort = AbortOnDrop(AbortController::new().map_err(|_| ApiError::Unavailable)?);
    let response = api.events(&abort.0.signal()).await?;
    emit(Event::Link(Link::Up));
    let reader: ReadableStreamDefaultReader = response
        .body()
        .ok_or(ApiError::Unavailable)?
        .get_reader()
        .unchecked_into();
    let mut parser = SseParser::default();
    loop {
        let chunk = JsFuture::from(reader.read());
        let Either::Left((chunk, _)) = select(chunk, TimeoutFuture::new(SILENCE)).await else {
            return Err(ApiError::Unavailable);
        };
        let chunk = chunk.map_err(|_| ApiError::Unavailable)?;
        let Ok(bytes) = Reflect::get(&chunk, &"value".into()) else {
            return Ok(());
        };
        if bytes.is_undefined() {
            return Ok(());
        }
        for event in parser.push(&Uint8Array::new(&bytes).to_vec()) {
            if let (Ok(version), Ok(user)) = (event.id.parse(), serde_json::from_str(&event.data)) {
                emit(Event::Live(Versioned { version, user }));
            }
        }
    }
}

/// Ends the request when this tab no longer reads it.
struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
