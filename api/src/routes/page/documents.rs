//! The page's documents: the same page, each with other first bytes in its body.

use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::Request;
use axum::http::header::{COOKIE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use headers::{HeaderMapExt, IfNoneMatch};
use shared::Visitor;
use tower::ServiceExt;
use tower_http::services::ServeFile;

/// What trunk makes of the page, and what takes the place of a document that was not made.
pub const INDEX: &str = "index.html";

/// Which first bytes fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visit {
    /// A stranger at the front door
    Welcome,
    /// A stranger anywhere else, such as at a form
    SignedOut,
    /// Somebody who was signed in
    SignedIn,
}

impl Visit {
    /// By path and cookie, which is a hint and opens nothing.
    pub fn of(request: &Request) -> Self {
        let mut cookies = request.headers().get_all(COOKIE).iter();
        let signed_in = cookies.any(|it| {
            let cookies = it.to_str().unwrap_or_default();
            Visitor::of_cookies(cookies) == Visitor::SignedIn
        });
        match (signed_in, request.uri().path()) {
            (true, _) => Self::SignedIn,
            (false, "/") => Self::Welcome,
            (false, _) => Self::SignedOut,
        }
    }
}

/// The three documents.
#[derive(Debug)]
pub struct Documents {
    welcome: Document,
    signed_out: Document,
    signed_in: Document,
}

#[derive(Debug)]
struct Document {
    file: ServeFile,
    text: String,
    etag: HeaderValue,
}

impl Documents {
    /// Those of this folder.
    pub fn read(dist: &Path) -> Self {
        let document = |name: &str| {
            let path = [name, INDEX].map(|it| dist.join(it));
            let path = path.iter().find(|it| it.is_file()).unwrap_or(&path[1]);
            Document::read(path)
        };
        Self {
            welcome: document("welcome.html"),
            signed_out: document("signed-out.html"),
            signed_in: document("signed-in.html"),
        }
    }

    /// All their text.
    pub fn text(&self) -> String {
        [&self.welcome, &self.signed_out, &self.signed_in]
            .map(|it| it.text.as_str())
            .concat()
    }

    /// The document for this visit.
    pub async fn answer(&self, visit: Visit, request: Request) -> Response {
        match visit {
            Visit::Welcome => self.welcome.answer(request).await,
            Visit::SignedOut => self.signed_out.answer(request).await,
            Visit::SignedIn => self.signed_in.answer(request).await,
        }
    }
}

impl Document {
    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()));
        Self {
            // Weak: each encoding has other bytes. What is encoded is in the alphabet of headers.
            etag: HeaderValue::from_str(&format!("W/\"{hash}\""))
                .unwrap_or_else(|_| unreachable!("base64 in quotes")),
            file: ServeFile::new(path).precompressed_br().precompressed_gzip(),
            text,
        }
    }

    async fn answer(&self, mut request: Request) -> Response {
        // The documents of one path are of the same age: only their text tells them apart.
        request.headers_mut().remove(IF_MODIFIED_SINCE);
        let known = request.headers().contains_key(IF_NONE_MATCH)
            && self.etag.to_str().is_ok_and(|etag| {
                let etag = etag.parse().ok();
                let known = request.headers().typed_get::<IfNoneMatch>();
                etag.zip(known)
                    .is_some_and(|(etag, known)| !known.precondition_passes(&etag))
            });
        let mut response = if known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            match self.file.clone().oneshot(request).await {
                Ok(response) => response.into_response(),
                Err(never) => match never {},
            }
        };
        let headers = response.headers_mut();
        headers.remove(LAST_MODIFIED);
        headers.insert(ETAG, self.etag.clone());
        headers.insert(VARY, HeaderValue::from_static("accept-encoding, cookie"));
        response
    }
}
