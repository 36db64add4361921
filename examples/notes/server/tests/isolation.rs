//! Nobody reads, watches or writes what is another's: every endpoint that page and server share,
//! times every kind of caller who may not; in a person's own notes and in an organization's.

use std::net::TcpListener;
use std::process::{Child, Command};
use std::time::Duration;

use clerk_axum::test::{ISSUER, ORIGIN, TestIssuer, claims, webhooks};
use futures_util::{SinkExt, StreamExt};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Map, Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

/// What page and server share.
const ENDPOINTS: &str = include_str!("../../shared/src/lib.rs");
const ADA: &str = "user_ada";
const ORGANIZATION: &str = "org_1";
/// What Ada has written, for herself and for the organization.
const SECRETS: [(&str, &str); 2] = [("mine", "Poetical science"), ("shared", "Mill and store")];
/// The key of Ada's writes.
const KEY: &str = "key-of-ada";

/// The example, as it runs.
struct Server {
    process: Child,
    url: String,
    client: Client,
    issuer: TestIssuer,
    _folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let issuer = TestIssuer::new();
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("its number").to_string();
        drop(free);
        let file = folder.path().join("notes.db");
        let process = Command::new(env!("CARGO_BIN_EXE_notes-server"))
            .env_clear()
            .env("LISTEN_ADDR", &address)
            .env(
                "DATABASE_URL",
                format!("sqlite://{}?mode=rwc", file.display()),
            )
            .env("CLERK_ISSUER", ISSUER)
            .env("CLERK_JWT_KEY", issuer.public_pem())
            .env("CLERK_AUTHORIZED_PARTIES", ORIGIN)
            .env("CLERK_WEBHOOK_SIGNING_SECRET", webhooks::SECRET)
            .spawn()
            .expect("the server");
        let server = Self {
            process,
            url: format!("http://{address}"),
            client: Client::new(),
            issuer,
            _folder: folder,
        };
        let ready = async {
            while server
                .request(Method::GET, "/healthz", None)
                .send()
                .await
                .is_err()
            {
                tokio::task::yield_now().await;
            }
        };
        let ready = tokio::time::timeout(Duration::from_mins(1), ready).await;
        ready.expect("the server did not start");
        server
    }

    fn request(&self, method: Method, path: &str, token: Option<&str>) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url));
        match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// A token of a member of this organization, with this role in it.
    fn member(&self, person: &str, organization: &str, role: &str) -> String {
        let mut claims = claims(person);
        claims["o"] = json!({ "id": organization, "rol": role });
        self.issuer.sign(&claims)
    }

    /// Ada's token.
    fn ada(&self) -> String {
        self.member(ADA, ORGANIZATION, "admin")
    }

    /// Ada writes her notes; answers the first one's id.
    async fn ada_writes(&self) -> i64 {
        let mut first = None;
        for (space, text) in SECRETS {
            let path = format!("/api/{space}/notes");
            let add = self.request(Method::POST, &path, Some(&self.ada()));
            let add = add.json(&json!({ "text": text }));
            let add = add.header("Idempotency-Key", format!("\"{KEY}-{space}\""));
            let answer = add.send().await.expect("an answer");
            assert_eq!(answer.status(), 201);
            let note: Value = answer.json().await.expect("a note");
            first = first.or(note["id"].as_i64());
        }
        first.expect("an id")
    }

    /// All that Ada sees.
    async fn seen_by_ada(&self) -> Vec<String> {
        let mut seen = Vec::new();
        for (space, _) in SECRETS {
            let path = format!("/api/{space}/notes");
            let list = self.request(Method::GET, &path, Some(&self.ada()));
            let list = list.send().await.expect("an answer");
            assert_eq!(list.status(), 200);
            seen.push(list.text().await.expect("notes"));
        }
        seen
    }

    /// Clerk tells that this person has left the organization.
    async fn has_left(&self, person: &str) {
        let membership = json!({
            "id": "orgmem_1", "role": "org:member", "permissions": [], "created_at": 1, "updated_at": 2,
            "organization": { "id": ORGANIZATION, "name": "Engines", "slug": "engines" },
            "public_user_data": { "user_id": person, "identifier": "carl@example.com" },
        });
        let event = json!({
            "type": "organizationMembership.deleted", "object": "event", "data": membership,
        });
        let delivery = webhooks::delivery("msg_left", &event.to_string());
        let mut told = self.request(Method::POST, "/api/webhooks/clerk", None);
        for (name, value) in &delivery.headers {
            told = told.header(*name, value);
        }
        let told = told.body(delivery.body).send().await.expect("an answer");
        assert_eq!(told.status(), 204, "{:?}", told.text().await);
    }
}

/// Somebody who may not.
struct Caller {
    what: &'static str,
    token: Option<String>,
    /// What whatever is theirs by the path answers: Ada's is not there, unless it is refused.
    mine: Kind,
    shared: Kind,
}

/// What a caller gets at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing, and is told so by this status
    Refused(u16),
    /// Notes of their own
    Own,
    /// Ada's, but not to administer them
    Member,
}

async fn callers(server: &Server) -> Vec<Caller> {
    let changed = |name: &str, value: Value| {
        let mut claims = claims(ADA);
        claims["o"] = json!({ "id": ORGANIZATION, "rol": "admin" });
        claims[name] = value;
        Some(server.issuer.sign(&claims))
    };
    let past = claims(ADA)["iat"].as_u64().expect("a time") - 3600;
    let member = |person: &str, organization: &str, role: &str| {
        Some(server.member(person, organization, role))
    };
    let caller = |what, token, mine, shared| Caller {
        what,
        token,
        mine,
        shared,
    };
    server.has_left("user_carl").await;
    let no = Kind::Refused(401);
    let not_here = Kind::Refused(403);
    vec![
        caller("nobody", None, no, no),
        caller("an expired session", changed("exp", json!(past)), no, no),
        caller(
            "a pending session",
            changed("sts", json!("pending")),
            no,
            no,
        ),
        caller(
            "another person",
            Some(server.issuer.token("user_eve")),
            Kind::Own,
            not_here,
        ),
        caller(
            "the administrator of another organization",
            member("user_eve", "org_2", "admin"),
            Kind::Own,
            Kind::Own,
        ),
        caller(
            "one whose organization's id begins alike",
            member("user_eve", "org_", "admin"),
            Kind::Own,
            Kind::Own,
        ),
        caller(
            "a member, instead of an administrator",
            member("user_bob", ORGANIZATION, "member"),
            Kind::Own,
            Kind::Member,
        ),
        caller(
            "an administrator who has left, by a token of before",
            member("user_carl", ORGANIZATION, "admin"),
            Kind::Own,
            not_here,
        ),
    ]
}

/// What can be called.
struct Operation {
    method: Method,
    path: String,
    is_shared: bool,
    /// The path says which note of Ada's.
    is_one: bool,
}

/// Every endpoint that the page calls, in both spaces, about Ada.
fn operations(note: i64) -> Vec<Operation> {
    let mut templates = vec![(Method::GET, live::WRITE.template().to_owned())];
    for (name, method) in [
        ("get", Method::GET),
        ("post", Method::POST),
        ("put", Method::PUT),
        ("patch", Method::PATCH),
        ("delete", Method::DELETE),
    ] {
        for kind in ["Query", "Mutation"] {
            let constant = format!("{kind}::{name}(\"");
            let found = ENDPOINTS.split(&constant).skip(1);
            let found = found.filter_map(|rest| rest.split('"').next());
            templates.extend(found.map(|it| (method.clone(), it.to_owned())));
        }
    }
    let constants = ENDPOINTS.matches("pub const").count() - ENDPOINTS.matches("usize =").count();
    assert_eq!(templates.len(), constants + 1, "{templates:?}");
    let mut all = Vec::new();
    for (method, template) in templates {
        for ((space, _), id) in SECRETS.into_iter().zip([note, note + 1]) {
            let path = template
                .replace("{space}", space)
                .replace("{id}", &id.to_string())
                .replace("{key}", &format!("{KEY}-{space}"));
            assert!(
                !path.contains('{'),
                "say what stands for the braces of {template}"
            );
            all.push(Operation {
                method: method.clone(),
                path,
                is_shared: space == "shared" && template.contains("{space}"),
                is_one: template.contains("{id}") || template.contains("{key}"),
            });
        }
    }
    all
}

impl Caller {
    fn at(&self, operation: &Operation) -> Kind {
        if operation.is_shared {
            self.shared
        } else {
            self.mine
        }
    }

    /// What the operation must answer to them; nothing where they may.
    fn expected(&self, operation: &Operation) -> Option<u16> {
        let is_delete = operation.method == Method::DELETE;
        match self.at(operation) {
            Kind::Refused(status) => Some(status),
            Kind::Member => is_delete.then_some(403),
            // To remove what is not there is no fault.
            Kind::Own if is_delete => Some(204),
            Kind::Own if operation.is_one => Some(404),
            Kind::Own if operation.method == Method::GET => Some(200),
            Kind::Own => Some(201),
        }
    }
}

fn tells_nothing(text: &str, what: &str) {
    for (_, secret) in SECRETS {
        assert!(!text.contains(secret), "{what}: {text}");
    }
}

#[tokio::test]
async fn nobody_gets_at_what_is_anothers() {
    let server = Server::start().await;
    let note = server.ada_writes().await;
    let before = server.seen_by_ada().await;
    for caller in callers(&server).await {
        for operation in operations(note) {
            let Some(expected) = caller.expected(&operation) else {
                continue;
            };
            let Operation { method, path, .. } = operation;
            let what = format!("{method} {path} by {}", caller.what);
            let request = server.request(method, &path, caller.token.as_deref());
            let request = request.json(&json!({ "text": "Eve was here" }));
            let answer = request.send().await.expect("an answer");
            assert_eq!(answer.status(), expected, "{what}");
            tells_nothing(&answer.text().await.expect("a body"), &what);
        }
        assert_eq!(server.seen_by_ada().await, before, "{}", caller.what);
    }
}

#[tokio::test]
async fn nobody_watches_what_is_anothers() {
    let server = Server::start().await;
    let note = server.ada_writes().await;
    for caller in callers(&server).await {
        let what = caller.what;
        let watched = operations(note)
            .into_iter()
            .filter(|it| it.method == Method::GET);
        let watched: Vec<_> = watched
            .filter_map(|it| Some((it.path.clone(), caller.expected(&it)?)))
            .collect();
        let url = server.url.replacen("http", "ws", 1) + "/api/live";
        let (mut socket, _) = connect_async(url).await.expect("a WebSocket");
        let paths: Map<_, _> = watched
            .iter()
            .map(|(path, _)| (path.clone(), Value::Null))
            .collect();
        let said = caller.token.as_ref().map(|token| json!({ "token": token }));
        for message in said
            .iter()
            .chain([&json!({ "watch": paths }), &json!({ "sync": 1 })])
        {
            // Who is refused may be cut off by then.
            let _ = socket.send(Message::text(message.to_string())).await;
        }
        let mut states = Map::new();
        let code = loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    tells_nothing(&text, what);
                    let message: Value = serde_json::from_str(&text).expect("JSON");
                    states.extend(message["states"].as_object().cloned().unwrap_or_default());
                    if message["synced"] == 1 {
                        break None;
                    }
                }
                Some(Ok(Message::Close(frame))) => break frame.map(|it| u16::from(it.code)),
                other => panic!("{what}: {other:?}"),
            }
        };
        if caller.mine == Kind::Refused(401) {
            assert_eq!((code, states.len()), (Some(4401), 0), "{what}");
            continue;
        }
        for (path, expected) in watched {
            assert_eq!(states[&path]["status"], expected, "{what} watches {path}");
        }
    }
}
