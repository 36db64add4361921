//! Where people are sent with a proof in their hands: to this machine, or to an origin that the
//! settings name. One rule, for every address that anybody gives.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{ADA, Browser, World, code_of, id, text};

/// Addresses of other sites, as browsers read them.
const FOREIGN: [&str; 18] = [
    "https://evil.example/",
    "http://evil.example:8080/",
    "http://[::1].evil/",
    "http://[::1]evil.example/",
    "http://localhost.evil.example/",
    "http://127.0.0.1.evil.example/",
    "http://localhost@evil.example/",
    "http://localhost:8080@evil.example/",
    "http://a@localhost:8080/",
    "http:evil.example",
    "http:\\\\evil.example",
    "\thttp://evil.example/",
    "ht\ntp://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "javascript:alert(1)",
    "data:text/html,evil",
    "myapp://localhost/",
];
/// Addresses of this machine.
const OWN: [&str; 5] = [
    "http://localhost:8080/x",
    "http://127.0.0.1:3000/x",
    "http://[::1]:3000/x",
    "https://app.localhost/x",
    "http://localhost:8080/x?a=1#/b",
];

/// A way to give an address; answers status and body.
type Way = (&'static str, &'static str);

/// Every way to give an address, by the parameter that it stands in.
const WAYS: [Way; 8] = [
    ("sign in by a provider", "redirect_url"),
    ("sign in by a provider", "action_complete_redirect_url"),
    ("sign up by a provider", "redirect_url"),
    ("connect a provider", "redirect_url"),
    ("prove an address to sign up", "redirect_url"),
    ("prove an address to sign in", "redirect_url"),
    ("prove another address", "redirect_url"),
    ("invite", "redirect_url"),
];

/// Somebody who is signed in, and somebody who is not.
struct People<'a> {
    world: &'a World,
    ada: Browser<'a>,
    new: Browser<'a>,
}

impl People<'_> {
    async fn give(&self, (way, param): Way, url: &str) -> (u16, Value) {
        let mut form = vec![("strategy", "oauth_google")];
        if param != "redirect_url" {
            form.push(("redirect_url", "http://localhost:8080/"));
        }
        form.push((param, url));
        let post = Method::POST;
        match way {
            "sign in by a provider" => self.new.call(post, "/client/sign_ins", &form).await,
            "sign up by a provider" => self.new.call(post, "/client/sign_ups", &form).await,
            "connect a provider" => self.ada.call(post, "/me/external_accounts", &form).await,
            "prove an address to sign up" => {
                let fields = [("email_address", "new@example.com")];
                let begun = self.new.done(post, "/client/sign_ups", &fields).await;
                self.prepare(
                    &self.new,
                    &format!("/client/sign_ups/{}/prepare_verification", id(&begun)),
                    url,
                    None,
                )
                .await
            }
            "prove an address to sign in" => {
                let fields = [("identifier", ADA)];
                let begun = self.new.done(post, "/client/sign_ins", &fields).await;
                let factors = begun["supported_first_factors"].as_array();
                let factors = factors.expect("factors").iter();
                let link = factors.clone().find(|it| it["strategy"] == "email_link");
                let address = text(&link.expect("a link")["email_address_id"]);
                let path = format!("/client/sign_ins/{}/prepare_first_factor", id(&begun));
                self.prepare(&self.new, &path, url, Some(&address)).await
            }
            "prove another address" => {
                let me = self.ada.done(Method::GET, "/me", &[]).await;
                let known = me["email_addresses"].as_array().expect("addresses");
                let other = known.iter().find(|it| it["email_address"] != ADA);
                let path = format!(
                    "/me/email_addresses/{}/prepare_verification",
                    id(other.expect("another address"))
                );
                self.prepare(&self.ada, &path, url, None).await
            }
            _ => {
                let body = json!({ "email_address": "guest@example.com", "redirect_url": url, "ignore_existing": true });
                self.world.backend(post, "/invitations", body).await
            }
        }
    }

    async fn prepare(
        &self,
        browser: &Browser<'_>,
        path: &str,
        url: &str,
        address: Option<&str>,
    ) -> (u16, Value) {
        let mut form = vec![("strategy", "email_link"), ("redirect_url", url)];
        form.extend(address.map(|it| ("email_address_id", it)));
        browser.call(Method::POST, path, &form).await
    }
}

async fn world() -> World {
    World::with(json!({
        "social": ["google"], "email_link": true, "organizations": { "enabled": true },
    }))
    .await
}

async fn people(world: &World) -> People<'_> {
    let ada = world.browser().await;
    ada.sign_up(ADA).await;
    let form = [("email_address", "ada@elsewhere.example")];
    ada.done(Method::POST, "/me/email_addresses", &form).await;
    let new = world.browser().await;
    People { world, ada, new }
}

#[tokio::test]
async fn nobody_is_sent_to_another_site_whoever_gave_the_address() {
    let world = world().await;
    let people = people(&world).await;
    for way in WAYS {
        for url in FOREIGN {
            // Beside another, this is a path on that one's site.
            if way.1 == "action_complete_redirect_url" && url == "http:evil.example" {
                continue;
            }
            let (status, body) = people.give(way, url).await;
            assert_eq!(status, 422, "{way:?} {url:?}: {body}");
            assert_eq!(
                code_of(&body),
                "form_param_value_invalid",
                "{way:?} {url:?}"
            );
            assert_eq!(body["errors"][0]["meta"]["param_name"], way.1, "{url:?}");
        }
        for url in OWN {
            let (status, body) = people.give(way, url).await;
            assert_eq!(status, 200, "{way:?} {url:?}: {body}");
        }
    }
}

#[tokio::test]
async fn an_organizations_invitation_leads_to_no_other_site() {
    let world = world().await;
    let people = people(&world).await;
    let made = people
        .ada
        .done(Method::POST, "/organizations", &[("name", "Engines")])
        .await;
    let path = format!("/organizations/{}/invitations", id(&made));
    for (url, expected) in [("https://evil.example/", 422), (OWN[0], 200)] {
        let body = json!({ "email_address": "guest@example.com", "role": "org:member", "redirect_url": url });
        let (status, answer) = world.backend(Method::POST, &path, body.clone()).await;
        assert_eq!(status, expected, "{url}: {answer}");
    }
}

#[tokio::test]
async fn an_origin_that_the_settings_name_is_one_of_our_own() {
    let world = world().await;
    let people = people(&world).await;
    let settings = json!({ "allowed_origins": ["https://App.example:443/"] });
    let (status, body) = world.control(Method::PATCH, "/settings", settings).await;
    assert_eq!(status, 200, "{body}");
    for way in WAYS {
        let (status, body) = people.give(way, "https://app.example/x").await;
        assert_eq!(status, 200, "{way:?}: {body}");
        for url in [
            "http://app.example/x",
            "https://app.example:8443/",
            "https://b.app.example/",
        ] {
            assert_eq!(people.give(way, url).await.0, 422, "{way:?} {url}");
        }
    }
}

/// A page gives the address to come back to as it would write it in a link.
#[tokio::test]
async fn an_address_on_the_page_itself_is_read_as_the_page_reads_it() {
    let world = world().await;
    let people = people(&world).await;
    let form = [
        ("strategy", "oauth_google"),
        ("redirect_url", "http://localhost:8080/sso-callback"),
        ("action_complete_redirect_url", "/done"),
    ];
    let begun = people
        .new
        .done(Method::POST, "/client/sign_ins", &form)
        .await;
    let url = text(&begun["first_factor_verification"]["external_verification_redirect_url"]);
    let (_, state) = url.split_once("state=").expect("a state");
    let code: String =
        form_urlencoded::byte_serialize(b"email=ada%2Bclerk_test%40example.com").collect();
    let back = format!(
        "{}/v1/oauth_callback?state={state}&code={code}",
        world.url()
    );
    assert_eq!(people.new.open(&back).await, "http://localhost:8080/done");
}

#[tokio::test]
async fn passing_pages_fill_no_memory_and_push_out_nobody_who_is_signed_in() {
    let world = World::new().await;
    let ada = world.browser().await;
    ada.sign_up(ADA).await;
    let (first, begun) = (world.browser().await, world.browser().await);
    let form = [("email_address", "bob@example.com")];
    begun.done(Method::POST, "/client/sign_ups", &form).await;
    let handshake = "/v1/client/handshake?redirect_url=http%3A%2F%2Flocalhost%3A8080%2F";
    for _ in 0..150 {
        world.send(Method::POST, "/v1/dev_browser", &[]).await;
        world.send(Method::GET, handshake, &[]).await;
    }
    for _ in 0..300 {
        let passing = world.browser().await;
        passing.done(Method::POST, "/client", &[]).await;
    }
    let (_, all) = world.control(Method::GET, "/export", Value::Null).await;
    let count = |kind: &str| all["records"][kind].as_array().map_or(0, Vec::len);
    assert!(count("browser") <= 513, "{} browsers", count("browser"));
    assert!(count("client") <= 257, "{} clients", count("client"));
    for forgotten in [first, begun] {
        let (status, body) = forgotten.call(Method::GET, "/client", &[]).await;
        assert_eq!(
            (status, code_of(&body)),
            (401, "dev_browser_unauthenticated")
        );
    }
    assert_eq!(
        ada.client().await["sessions"].as_array().map(Vec::len),
        Some(1)
    );
    let newest = world.browser().await;
    assert_eq!(newest.call(Method::GET, "/client", &[]).await.0, 200);
}
