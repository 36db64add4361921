//! The page's documents: the same page, each with other first bytes in its body.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::Request;
use axum::http::header::{
    CONTENT_SECURITY_POLICY, COOKIE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, VARY,
};
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
            let cookies = String::from_utf8_lossy(it.as_bytes());
            Visitor::of_cookies(&cookies) == Visitor::SignedIn
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
    path: PathBuf,
    file: ServeFile,
    text: String,
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

    /// The document for this visit, under this content security policy.
    pub async fn answer(&self, visit: Visit, policy: &HeaderValue, request: Request) -> Response {
        let document = match visit {
            Visit::Welcome => &self.welcome,
            Visit::SignedOut => &self.signed_out,
            Visit::SignedIn => &self.signed_in,
        };
        document.answer(policy, request).await
    }
}

impl Document {
    fn read(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            file: ServeFile::new(path).precompressed_br().precompressed_gzip(),
            text: std::fs::read_to_string(path).unwrap_or_default(),
        }
    }

    /// What tells it apart from the other documents of the same path, from itself before a new
    /// build, and from itself under another policy. Weak: each encoding has other bytes.
    async fn etag(&self, policy: &HeaderValue) -> Option<HeaderValue> {
        let file = tokio::fs::metadata(&self.path).await.ok()?;
        let changed = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        let name = self.path.file_name()?.as_encoded_bytes();
        let nanoseconds = changed.as_nanos().to_be_bytes();
        let all = [name, &nanoseconds, policy.as_bytes()].concat();
        let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, &all));
        HeaderValue::from_str(&format!("W/\"{hash}\"")).ok()
    }

    async fn answer(&self, policy: &HeaderValue, mut request: Request) -> Response {
        // The documents of one path are of the same age.
        request.headers_mut().remove(IF_MODIFIED_SINCE);
        let etag = self.etag(policy).await;
        let known = request.headers().contains_key(IF_NONE_MATCH)
            && etag.as_ref().is_some_and(|etag| {
                let etag = etag.to_str().ok().and_then(|it| it.parse().ok());
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
        if let Some(etag) = etag {
            headers.insert(ETAG, etag);
        }
        headers.insert(VARY, HeaderValue::from_static("accept-encoding, cookie"));
        // Also on a 304: what a browser has kept may be of another configuration.
        headers.insert(CONTENT_SECURITY_POLICY, policy.clone());
        response
    }
}
