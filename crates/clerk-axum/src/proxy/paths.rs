//! Which paths are the Frontend API's.

use axum::http::Uri;
use url::Url;

/// What Clerk's Frontend API has at its root: the API, Clerk's scripts, keys and documents for
/// others, Clerk as the provider of OAuth, and API keys
/// (<https://clerk.com/docs/reference/frontend-api>).
const ROOTS: [&str; 5] = ["v1", "npm", ".well-known", "oauth", "api_keys"];

/// The groups of the Frontend API below `/v1`. The Backend API lies there too, and at the
/// emulator it lies on the same host.
const GROUPS: [&str; 21] = [
    "account_portal",
    "agents",
    "billing",
    "clear-site-data",
    "client",
    "dev_browser",
    "dev_tools",
    "enterprise_connections",
    "environment",
    "health",
    // The emulator's pictures; Clerk's have a host of their own.
    "images",
    "me",
    // The emulator's page in place of another provider's.
    "oauth",
    "oauth_callback",
    "organizations",
    "proxy-health",
    "redirect",
    "saml",
    "tickets",
    "verify",
    "waitlist",
];

/// Where a request goes at the upstream; none when its path is not the Frontend API's.
///
/// A path is passed on as it is or not at all: one that a URL parser would change, or that means
/// another one when it is decoded, could get past the list.
pub fn onward(upstream: &Url, asked: &Uri) -> Option<Url> {
    let path = asked.path();
    if !is_plain(path) || !is_frontend_api(path) {
        return None;
    }
    let mut url = upstream.clone();
    url.set_path(path);
    url.set_query(asked.query());
    (url.path() == path).then_some(url)
}

fn is_frontend_api(path: &str) -> bool {
    let mut names = path.split('/').skip(1);
    let (root, group) = (names.next().unwrap_or_default(), names.next());
    ROOTS.contains(&root) && (root != "v1" || group.is_some_and(|it| GROUPS.contains(&it)))
}

/// Whether no name in the path is empty, but for one slash at its end, which clerk-js writes; and
/// nothing that separates names, or leads up, is encoded.
fn is_plain(path: &str) -> bool {
    let path = path.strip_suffix('/').unwrap_or(path);
    let names_are_there = path.split('/').skip(1).all(|name| !name.is_empty());
    let mut encoded = path.split('%').skip(1);
    names_are_there
        && encoded.all(|rest| {
            let byte = rest
                .get(..2)
                .and_then(|hex| u8::from_str_radix(hex, 16).ok());
            byte.is_some_and(|byte| !byte.is_ascii_control() && !b"%./\\?#;".contains(&byte))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(path: &str) -> Option<String> {
        let upstream = Url::parse("http://127.0.0.1:4000").expect("a URL");
        // What cannot be parsed is refused before.
        let asked = path.parse::<Uri>().ok()?;
        onward(&upstream, &asked).map(String::from)
    }

    #[test]
    fn the_frontend_api_is_passed_on_as_it_is() {
        for path in [
            "/v1/client",
            "/v1/client?__clerk_api_version=2026-05-12&_method=PATCH",
            "/v1/client/sessions/sess_1/tokens/convex",
            "/v1/client/sessions/sess_1/tokens/my%20template",
            "/v1/me/oauth/consent/a%3Ab",
            "/v1/me/email_addresses/?_method=POST",
            "/v1/waitlist",
            "/v1/proxy-health",
            "/npm/@clerk/clerk-js@6/dist/clerk.browser.js",
            "/npm/@clerk/ui@1.36.0/dist/framework_ui_0f.js",
            "/.well-known/jwks.json",
            "/oauth/token",
            "/api_keys/ak_1/revoke",
        ] {
            let expected = format!("http://127.0.0.1:4000{path}");
            assert_eq!(passes(path), Some(expected));
        }
    }

    #[test]
    fn nothing_else_is_passed_on() {
        for path in [
            "/",
            "/dashboard",
            "/dashboard/",
            "/emulator/status",
            "/emulator/settings",
            "/v1",
            "/v1/",
            "/v1/users",
            "/v1/users/user_1",
            "/v1/jwks",
            "/v1/sessions",
            "/v1/instance",
            "/V1/client",
            "/v1/Client",
            "/v1/clients",
            "/v2/client",
            "//dashboard",
            "//evil.example/v1/client",
            "/v1//client",
            "/v1/client//",
            "/v1/client//x",
            "/v1/../dashboard",
            "/v1/client/../../dashboard",
            "/v1/client/..",
            "/v1/client/.",
            "/./v1/client",
            "/v1/client/%2e%2e/users",
            "/v1/client/%2E./users",
            "/v1/client/.%2e/users",
            "/%2e%2e/dashboard",
            "/v1%2fclient",
            "/v1/client%2f..%2f..%2fdashboard",
            "/v1/client%5c..%5cusers",
            "/v1/client\\..\\users",
            "/v1/client/%252e%252e/users",
            "/v1/client/%00",
            "/v1/client/%0a",
            "/v1/client/%3f",
            "/v1/client/%zz",
            "/v1/client/%e",
            "/v1/client/;/../users",
            "/npm/../dashboard",
            "/.well-known/../emulator/status",
            "/@evil.example",
            "/http://evil.example/",
        ] {
            assert_eq!(passes(path), None, "{path}");
        }
    }
}
