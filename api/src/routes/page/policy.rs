//! The page's content security policy.

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::HeaderValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::config::Config;

/// What the page may load and whom it may call: itself, and what Clerk needs
/// (<https://clerk.com/docs/guides/secure/best-practices/csp-headers>). Scripts in the page are
/// allowed by their hashes.
pub fn policy(documents: &str, config: &Config) -> HeaderValue {
    let clerk = config.frontend_api_origins.join(" ");
    let hashes = inline_scripts(documents).map(|script| {
        let hash = digest(&SHA256, script.as_bytes());
        format!("'sha256-{}'", STANDARD.encode(hash))
    });
    let hashes = hashes.collect::<Vec<_>>().join(" ");
    let policy = [
        "default-src 'self'".to_owned(),
        format!("script-src 'self' 'wasm-unsafe-eval' {hashes} {clerk} {CHALLENGES}"),
        format!("connect-src 'self' {clerk} https://clerk-telemetry.com"),
        "img-src 'self' data: blob: https://img.clerk.com".to_owned(),
        // Clerk's forms style themselves.
        "style-src 'self' 'unsafe-inline'".to_owned(),
        "worker-src 'self' blob:".to_owned(),
        format!("frame-src 'self' {CHALLENGES}"),
        "object-src 'none'".to_owned(),
        "base-uri 'none'".to_owned(),
        "form-action 'self'".to_owned(),
        "frame-ancestors 'none'".to_owned(),
    ];
    // Origins and hashes are ASCII.
    HeaderValue::from_str(&policy.join("; "))
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'self'"))
}

/// Where Clerk's protection against bots comes from.
const CHALLENGES: &str = "https://challenges.cloudflare.com";

/// The scripts that stand in the page itself.
fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (script, _) = rest.split_once("</script>")?;
        (!attributes.contains("src=")).then_some(script)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_in_the_page_are_found() {
        let html = r#"<script type="module">a()</script><script src="/b.js"></script>
            <script>c()</script>"#;
        assert_eq!(inline_scripts(html).collect::<Vec<_>>(), ["a()", "c()"]);
    }
}
