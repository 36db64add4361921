//! What of Clerk a browser may begin to fetch with the page's first bytes, as a `Link` header.
//!
//! Clerk's two scripts have fixed addresses. The files of its forms have not: without a hint a
//! browser learns of them from a script that has arrived, run and called Clerk, a second after
//! the form was asked for. They are read out of that script once it can be had, and again from
//! time to time; until then, and where that fails, the two scripts are all there is.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::http::HeaderValue;
use url::Url;

use super::chunks;
use super::documents::INDEX;
use crate::config::Config;

/// Which part of Clerk's UI a path shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The form for signing in
    SignIn,
    /// The form for signing up
    SignUp,
    /// Neither
    None,
}

impl Form {
    /// By the page's own routes.
    pub fn of(path: &str) -> Self {
        match path.split('/').nth(1) {
            Some("sign-in") => Self::SignIn,
            Some("sign-up") => Self::SignUp,
            _ => Self::None,
        }
    }
}

/// clerk-js, below Clerk's `/npm/`.
const CLERK: &str = "@clerk/clerk-js@6/dist/clerk.browser.js";

/// The longest wait between two looks at Clerk's script. Browsers keep it for some minutes, too.
const LONGEST: Duration = Duration::from_mins(10);
/// The first wait after a failure; each further one is twice as long.
const SHORTEST: Duration = Duration::from_secs(1);
/// How long the script may take.
const TIMEOUT: Duration = Duration::from_secs(20);
/// The largest script that is read, in bytes; today's has 146 KB.
const SCRIPT_MAX: usize = 2 * 1024 * 1024;
/// How often an address may lead to another one, on the same host.
const REDIRECTS: usize = 3;

/// The headers. Clones share them.
#[derive(Clone, Debug)]
pub struct Hints {
    /// Where browsers find what Clerk serves, without a slash at the end
    base: Arc<str>,
    /// Where this server finds Clerk's script
    script: Url,
    links: Arc<RwLock<Links>>,
}

#[derive(Debug)]
struct Links {
    sign_in: Option<HeaderValue>,
    sign_up: Option<HeaderValue>,
    others: Option<HeaderValue>,
}

impl Hints {
    /// With Clerk's two scripts; none without a page, or where nothing is known of Clerk.
    pub fn new(config: &Config) -> Option<Self> {
        if !config.dist_dir.join(INDEX).is_file() {
            return None;
        }
        let base = match &config.page.proxy_url {
            Some(proxy) => proxy.trim_end_matches('/'),
            None => config.frontend_api_origins.first()?,
        };
        let script = format!("/npm/{}", chunks::UI);
        Some(Self {
            base: base.into(),
            script: config.clerk.upstream.join(&script).ok()?,
            links: Arc::new(RwLock::new(Links::new(base, ""))),
        })
    }

    /// What fits this path.
    pub fn header(&self, form: Form) -> Option<HeaderValue> {
        let links = self.links.read().unwrap_or_else(PoisonError::into_inner);
        match form {
            Form::SignIn => links.sign_in.clone(),
            Form::SignUp => links.sign_up.clone(),
            Form::None => links.others.clone(),
        }
    }

    /// Learns the names of the forms' files, and what has become of them. Ends only where there can
    /// be no client.
    pub async fn keep_fresh(self) {
        let Ok(http) = client() else { return };
        let mut wait = SHORTEST;
        loop {
            if let Some(script) = self.fetch(&http).await {
                let links = Links::new(&self.base, &script);
                *self.links.write().unwrap_or_else(PoisonError::into_inner) = links;
                wait = LONGEST;
            } else {
                wait = (wait * 2).min(LONGEST);
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// Clerk's script, within bounds.
    async fn fetch(&self, http: &reqwest::Client) -> Option<String> {
        let answer = http.get(self.script.clone()).send().await;
        let mut answer = answer.and_then(reqwest::Response::error_for_status).ok()?;
        let mut script = Vec::new();
        while let Some(bytes) = answer.chunk().await.ok()? {
            if script.len() + bytes.len() > SCRIPT_MAX {
                return None;
            }
            script.extend_from_slice(&bytes);
        }
        String::from_utf8(script).ok()
    }
}

/// Follows addresses that lead elsewhere on the same host, as `@1` leads to a version.
fn client() -> Result<reqwest::Client, reqwest::Error> {
    let same_host = reqwest::redirect::Policy::custom(|it| {
        let from = it.previous().first().map(Url::origin);
        if from == Some(it.url().origin()) && it.previous().len() <= REDIRECTS {
            it.follow()
        } else {
            it.stop()
        }
    });
    reqwest::Client::builder()
        .redirect(same_host)
        .timeout(TIMEOUT)
        .build()
}

impl Links {
    /// From the text of Clerk's script.
    fn new(base: &str, script: &str) -> Self {
        let of = |files: Option<Vec<String>>| {
            let files = files.unwrap_or_default();
            // As the script asks for them, which is without CORS.
            let files = files.iter().map(|file| {
                format!("<{base}/npm/{file}>; rel=preload; as=script; fetchpriority=low")
            });
            let scripts = [CLERK, chunks::UI].map(|file| {
                format!("<{base}/npm/{file}>; rel=preload; as=script; crossorigin=anonymous")
            });
            let links: Vec<_> = scripts.into_iter().chain(files).collect();
            HeaderValue::from_str(&links.join(", ")).ok()
        };
        Self {
            sign_in: of(chunks::of(script, "SignIn")),
            sign_up: of(chunks::of(script, "SignUp")),
            others: of(None),
        }
    }
}
