//! Who may ask for what: this machine, directly, with the secret key. No page of another site, no
//! name that was bound to this machine, nothing that came through a proxy.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use clerk_emulator::config::Config;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{ADA, World, code_of, read};

/// What shows the secret key, or is done with it.
const GUARDED: [(Method, &str); 7] = [
    (Method::GET, "/dashboard"),
    (Method::GET, "/dashboard/main.js"),
    (Method::GET, "/emulator/export"),
    (Method::PATCH, "/emulator/settings"),
    (Method::POST, "/emulator/sign_in"),
    (Method::GET, "/v1/users"),
    (Method::POST, "/v1/users"),
];

fn config(variables: &[(&str, &str)]) -> Config {
    let value = |name: &str| {
        let found = variables.iter().find(|(asked, _)| *asked == name);
        found.map(|(_, value)| value.into())
    };
    let mut config = Config::read(value).expect("a configuration");
    config.addr.set_port(0);
    config
}

fn on(folder: &Path) -> Config {
    config(&[("EMULATOR_DATA_DIR", &folder.display().to_string())])
}

#[tokio::test]
async fn without_the_secret_key_nothing_of_it_is_answered() {
    let world = World::new().await;
    for (method, path) in GUARDED {
        if path.starts_with("/emulator") {
            let status = world.send(method, path, &[]).await.status().as_u16();
            assert_eq!(status, 401, "{path}");
        }
    }
    let guess = [("Authorization", "Bearer sk_test_emulator")];
    for path in ["/emulator/export", "/v1/users"] {
        let answer = world.send(Method::GET, path, &guess).await;
        let (status, body) = read(answer).await;
        assert_eq!(
            (status, code_of(&body)),
            (401, "clerk_key_invalid"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_name_that_was_bound_to_this_machine_is_not_answered_on_any_path() {
    let world = World::new().await;
    let key = format!("Bearer {}", world.secret());
    let open = [
        (Method::GET, "/v1/environment"),
        (Method::POST, "/v1/dev_browser"),
        (Method::OPTIONS, "/v1/client"),
        (Method::GET, "/.well-known/jwks.json"),
        (Method::GET, "/npm/@clerk/clerk-js@6/dist/clerk.browser.js"),
        (Method::GET, "/nowhere"),
    ];
    for (method, path) in open.into_iter().chain(GUARDED) {
        for host in [
            "evil.example",
            "evil.example:4000",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "[::1].evil.example",
            "localhost:4000@evil.example",
            "192.168.0.1:4000",
            "",
        ] {
            let headers = [("Host", host), ("Authorization", &key)];
            for headers in [&headers[..], &headers[..1]] {
                let answer = world.send(method.clone(), path, headers).await;
                assert_eq!(answer.status().as_u16(), 421, "{host} {path}");
            }
        }
    }
    for host in ["localhost", "app.localhost:5173", "127.0.0.1", "[::1]:8080"] {
        let answer = world
            .send(Method::GET, "/v1/environment", &[("Host", host)])
            .await;
        assert_eq!(answer.status().as_u16(), 200, "{host}");
    }
}

#[tokio::test]
async fn what_came_through_a_proxy_gets_the_frontend_api_only() {
    let world = World::new().await;
    let key = format!("Bearer {}", world.secret());
    for mark in [
        ("Forwarded", "for=192.0.2.7"),
        ("Via", "1.1 proxy"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Forwarded-Host", "localhost:3000"),
        ("X-Forwarded-Proto", "http"),
        ("X-Real-IP", "127.0.0.1"),
        ("Clerk-Proxy-Url", "http://localhost:3000/__clerk"),
        // A development server that passes on the name it was asked by.
        ("Host", "localhost:5173"),
        // trunk's leaves the port out.
        ("Host", "127.0.0.1"),
    ] {
        for (method, path) in GUARDED {
            let headers = [mark, ("Authorization", key.as_str())];
            let answer = world.send(method, path, &headers).await;
            let status = answer.status().as_u16();
            let body = answer.text().await.expect("a body");
            assert_eq!(status, 403, "{mark:?} {path}: {body}");
            assert!(!body.contains(world.secret()), "{mark:?} {path}");
        }
        let answer = world.send(Method::GET, "/v1/environment", &[mark]).await;
        assert_eq!(answer.status().as_u16(), 200, "{mark:?}");
    }
}

#[tokio::test]
async fn no_preflight_allows_a_page_to_send_the_secret_key() {
    let world = World::new().await;
    for path in [
        "/v1/users",
        "/v1/client",
        "/emulator/settings",
        "/dashboard",
    ] {
        for asked in [
            "authorization",
            "content-type, Authorization",
            "AUTHORIZATION,x-a",
        ] {
            let headers = [
                ("Origin", "https://evil.example"),
                ("Access-Control-Request-Method", "PATCH"),
                ("Access-Control-Request-Headers", asked),
            ];
            let answer = world.send(Method::OPTIONS, path, &headers).await;
            let allowed = answer.headers().get_all("access-control-allow-headers");
            for allowed in allowed {
                let allowed = allowed.to_str().expect("text").to_lowercase();
                assert!(
                    !allowed.contains("authorization") && !allowed.contains('*'),
                    "{path}: {allowed}"
                );
            }
        }
    }
    // What pages do send is allowed.
    let headers = [
        ("Origin", "http://localhost:8080"),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "content-type"),
    ];
    let answer = world.send(Method::OPTIONS, "/v1/client", &headers).await;
    assert_eq!(
        answer.headers()["access-control-allow-headers"],
        "content-type"
    );
}

#[tokio::test]
async fn a_page_cannot_use_the_secret_key_even_if_it_knows_it() {
    let world = World::new().await;
    let key = format!("Bearer {}", world.secret());
    let own = world.url().to_owned();
    for mark in [
        ("Origin", "https://evil.example"),
        ("Origin", "http://localhost:8080"),
        ("Origin", "http://127.0.0.1:1"),
        ("Origin", "null"),
        ("Origin", "chrome-extension://abcdefgh"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ] {
        for (method, path) in GUARDED {
            let headers = [mark, ("Authorization", key.as_str())];
            let answer = world.send(method, path, &headers).await;
            let status = answer.status().as_u16();
            assert!([400, 403].contains(&status), "{mark:?} {path}: {status}");
            assert!(!answer.text().await.expect("text").contains(world.secret()));
        }
    }
    let headers = [
        ("Origin", "https://evil.example"),
        ("Authorization", key.as_str()),
    ];
    let (status, body) = read(world.send(Method::GET, "/v1/users", &headers).await).await;
    assert_eq!(
        (status, code_of(&body)),
        (400, "origin_authorization_headers_conflict")
    );
    // Servers say nothing of this, and the dashboard is no other site.
    let node = ("Sec-Fetch-Mode", "cors");
    for mark in [node, ("Origin", &own), ("Sec-Fetch-Site", "same-origin")] {
        let headers = [mark, ("Authorization", key.as_str())];
        let answer = world.send(Method::GET, "/v1/users", &headers).await;
        assert_eq!(answer.status().as_u16(), 200, "{mark:?}");
    }
}

#[tokio::test]
async fn the_dashboard_shows_the_key_and_is_neither_framed_nor_read_by_others() {
    let world = World::new().await;
    for path in ["/dashboard", "/dashboard/main.js"] {
        let answer = world.send(Method::GET, path, &[]).await;
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
        assert!(header("content-security-policy").contains("frame-ancestors 'none'"));
        assert_eq!(header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin");
        assert!(!answer.headers().contains_key("access-control-allow-origin"));
    }
    let page = world.send(Method::GET, "/dashboard", &[]).await;
    assert!(page.text().await.expect("text").contains(world.secret()));
    // Somebody follows a link to it, which shows nothing to the page that has the link.
    let link = [
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-Dest", "document"),
    ];
    let answer = world.send(Method::GET, "/dashboard", &link).await;
    assert_eq!(answer.status().as_u16(), 200);
}

#[tokio::test]
async fn the_secret_key_is_random_and_kept_with_the_state_for_its_owner_only() {
    let (one, other) = (World::new().await, World::new().await);
    assert_ne!(one.secret(), other.secret());
    assert!(one.secret().starts_with("sk_test_") && one.secret().len() > 40);

    let folder = tempfile::tempdir().expect("a folder");
    let first = World::on(&on(folder.path())).await;
    let key = first.secret().to_owned();
    assert_ne!(key, one.secret());
    let file = folder.path().join("secret-key");
    let kept = std::fs::read_to_string(&file).expect("a file");
    assert_eq!(kept.trim(), key);
    let mode = file.metadata().expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    first.emulator.stop().await;
    // Whoever opened the file to others finds it closed again.
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).expect("a file");
    let again = World::on(&on(folder.path())).await;
    assert_eq!(again.secret(), key);
    let mode = file.metadata().expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    again.emulator.stop().await;
    // A start that was cut short left it empty.
    std::fs::write(&file, "").expect("a file");
    let anew = World::on(&on(folder.path())).await;
    assert!(anew.secret().len() > 40 && anew.secret() != key);
}

#[tokio::test]
async fn a_key_that_somebody_sets_counts_and_is_not_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().display().to_string();
    let fixed = config(&[
        ("EMULATOR_DATA_DIR", &data),
        ("EMULATOR_SECRET_KEY", "sk_test_emulator"),
    ]);
    let world = World::on(&fixed).await;
    assert_eq!(world.secret(), "sk_test_emulator");
    let users = world.server(Method::GET, "/users", Value::Null).await;
    assert_eq!(users, json!([]));
    assert!(!folder.path().join("secret-key").exists());
}

#[test]
fn where_others_reach_it_a_weak_key_stops_the_start() {
    let read = |address: &str, key: Option<&str>| {
        Config::read(|name| match name {
            "EMULATOR_ADDR" => Some(address.into()),
            "EMULATOR_SECRET_KEY" => key.map(Into::into),
            _ => None,
        })
    };
    let good = "sk_test_mUe3kq0Xw7Zt5Vb9Rn2Lf4Hd8Jc6Gs1Py";
    for address in ["0.0.0.0:4000", "[::]:4000", "192.0.2.7:4000"] {
        for weak in [
            "sk_test_emulator",
            "sk_test_secret",
            "sk_test_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ] {
            let error = read(address, Some(weak)).expect_err(weak).to_string();
            assert!(error.starts_with("EMULATOR_SECRET_KEY: "), "{error}");
            assert!(!error.contains(weak), "{error}");
        }
        assert!(read(address, Some(good)).is_ok());
        assert!(read(address, None).is_ok(), "a random one is made");
    }
    assert!(read("127.0.0.1:4000", Some("sk_test_emulator")).is_ok());
    assert!(read("[::1]:4000", Some("sk_test_emulator")).is_ok());
}

/// The attack that was: a page widens where sessions are handed to, and takes one.
#[tokio::test]
async fn a_page_cannot_widen_where_sessions_are_handed_to() {
    let world = World::new().await;
    world.browser().await.sign_up(ADA).await;
    let key = format!("Bearer {}", world.secret());
    let body = json!({ "allowed_origins": ["https://evil.example"] });
    for headers in [
        vec![("Origin", "https://evil.example"), ("Authorization", &key)],
        vec![("Host", "evil.example"), ("Authorization", &key)],
        vec![("X-Forwarded-For", "127.0.0.1"), ("Authorization", &key)],
    ] {
        for (method, path) in [
            (Method::PATCH, "/emulator/settings"),
            (Method::PATCH, "/v1/instance"),
        ] {
            let url = format!("{}{path}", world.url());
            let mut request = world.http.request(method, url).json(&body);
            for (name, value) in &headers {
                request = request.header(*name, *value);
            }
            let status = request.send().await.expect("an answer").status();
            assert!(status.is_client_error(), "{path} {headers:?}: {status}");
        }
    }
    let (_, settings) = world.control(Method::GET, "/settings", Value::Null).await;
    assert_eq!(settings["allowed_origins"], json!([]));
}
