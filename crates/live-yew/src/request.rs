//! Sending a write.

use futures_util::future::{Either, select};
use gloo_net::http::{Method, RequestBuilder, Response};
use gloo_timers::future::TimeoutFuture;
use live::{Answer, Outcome, Write};
use web_sys::{AbortController, RequestRedirect};

use crate::token::{Ask, Tokens};

/// How long an answer may take, in milliseconds.
const TIMEOUT: u32 = 30_000;

/// Sends it as this person.
pub async fn send(write: &Write, person: &str, tokens: &Tokens) -> Answer {
    let Ok(abort) = AbortController::new() else {
        return Answer::Lost(None);
    };
    let sending = Box::pin(try_to_send(write, person, tokens, &abort));
    match select(sending, TimeoutFuture::new(TIMEOUT)).await {
        Either::Left((answer, _)) => answer.unwrap_or(Answer::Lost(None)),
        Either::Right(_) => {
            abort.abort();
            Answer::Lost(None)
        }
    }
}

/// A token that is refused gets one fresh one.
async fn try_to_send(
    write: &Write,
    person: &str,
    tokens: &Tokens,
    abort: &AbortController,
) -> Option<Answer> {
    let mut fresh = false;
    loop {
        let token = tokens.of(person, Ask { good_for: 0, fresh }).await?;
        let method: Method = write.method.as_str().parse().ok()?;
        let mut request = RequestBuilder::new(&write.path)
            .method(method)
            .abort_signal(Some(&abort.signal()))
            // What is answered elsewhere, such as a form to sign in, was not written here.
            .redirect(RequestRedirect::Error)
            .header("Authorization", &format!("Bearer {}", token.text))
            .header("Idempotency-Key", &format!("\"{}\"", write.key));
        if let Some(tag) = &write.if_match {
            request = request.header("If-Match", tag);
        }
        let response = if write.input == "null" {
            request.send().await
        } else {
            let request = request.header("Content-Type", "application/json");
            request.body(write.input.as_str()).ok()?.send().await
        };
        let response = response.ok()?;
        if response.status() == 401 && !fresh {
            fresh = true;
            continue;
        }
        return Some(answer(response).await);
    }
}

async fn answer(response: Response) -> Answer {
    let status = response.status();
    let headers = response.headers();
    let (after, kind) = (headers.get("Retry-After"), headers.get("Content-Type"));
    let is_json = kind.is_some_and(|kind| kind.contains("json"));
    if response.ok() && status != 204 && !is_json {
        // Whoever answered is not the server that was meant.
        return Answer::Lost(None);
    }
    match response.text().await {
        Ok(body) => judge(status, after.as_deref(), body),
        // It may have been written; the next try tells.
        Err(_) => Answer::Lost(None),
    }
}

/// What an answer means. What is refused for now, and what may be the fault of a server that is away or
/// of a session that ends, is tried again however long it takes.
fn judge(status: u16, retry_after: Option<&str>, body: String) -> Answer {
    match status {
        401 | 408 | 425 | 429 | 502..=504 => {
            let seconds: Option<u32> = retry_after.and_then(|it| it.parse().ok());
            Answer::Lost(seconds.map(|it| it.saturating_mul(1_000)))
        }
        500.. => Answer::Broken(Outcome { status, body }),
        _ => Answer::Final(Outcome { status, body }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_will_not_change_is_final() {
        for status in [200, 201, 204, 400, 403, 404, 409, 410, 412, 422] {
            let told = judge(status, None, String::new());
            assert!(matches!(told, Answer::Final(it) if it.status == status));
        }
        for status in [401, 408, 429, 502, 503] {
            assert_eq!(judge(status, None, String::new()), Answer::Lost(None));
        }
        let told = judge(500, None, String::new());
        assert!(matches!(told, Answer::Broken(_)), "{told:?}");
        let told = judge(429, Some("2"), String::new());
        assert_eq!(told, Answer::Lost(Some(2_000)));
    }
}
