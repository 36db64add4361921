//! How long to wait.

use std::pin::Pin;

use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::JsValue;

use crate::error::ClerkError;

/// What clerk-js answers, or none when that takes longer than this many milliseconds.
pub async fn within(
    milliseconds: u32,
    answer: Pin<Box<dyn Future<Output = Result<JsValue, ClerkError>> + '_>>,
) -> Option<Result<JsValue, ClerkError>> {
    match select(answer, TimeoutFuture::new(milliseconds)).await {
        Either::Left((answer, _)) => Some(answer),
        Either::Right(_) => None,
    }
}
