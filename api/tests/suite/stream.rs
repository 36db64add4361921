//! A live query as a client reads it.

use std::time::Duration;

use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;

use crate::world::{World, send};

/// A stream, read event by event.
pub struct Events {
    answer: Response,
    text: String,
}

impl From<Response> for Events {
    fn from(answer: Response) -> Self {
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self {
            answer,
            text: String::new(),
        }
    }
}

impl Events {
    /// This person's own.
    pub async fn open(world: &World, token: &str) -> Self {
        let request = world
            .request(Method::GET, "/api/users/me/events")
            .bearer_auth(token);
        Self::of(request).await
    }

    /// What this request opens.
    pub async fn of(request: RequestBuilder) -> Self {
        Self::from(send(request, StatusCode::OK).await)
    }

    /// The next event as (version, user); none when the stream has ended.
    pub async fn next(&mut self) -> Option<(i64, Value)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let rest = rest.to_owned();
                let field = |name: &str| {
                    event
                        .lines()
                        .find_map(|line| line.strip_prefix(name).map(str::trim))
                };
                if let (Some("user"), Some(id), Some(data)) =
                    (field("event:"), field("id:"), field("data:"))
                {
                    let found = (
                        id.parse().expect("a version"),
                        serde_json::from_str(data).expect("JSON"),
                    );
                    self.text = rest;
                    return Some(found);
                }
                self.text = rest;
                continue;
            }
            let chunk = tokio::time::timeout(Duration::from_secs(20), self.answer.chunk()).await;
            let chunk = chunk
                .expect("the stream goes on or ends")
                .expect("no error")?;
            self.text
                .push_str(std::str::from_utf8(&chunk).expect("text"));
        }
    }
}
