//! The world of a story: the API on a free port, an issuer whose keys it trusts, a client.

use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;

use api::config::Config;
use axum::routing::get;
use axum::{Json, Router};
use clerk_axum::test::TestIssuer;
pub use clerk_axum::test::webhooks::SECRET as WEBHOOK_SECRET;
pub use clerk_axum::test::{ORIGIN, claims};
use environment::Env;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// The issuer the API trusts, and one it does not know.
pub static TRUSTED: LazyLock<TestIssuer> = LazyLock::new(TestIssuer::new);
pub static STRANGER: LazyLock<TestIssuer> = LazyLock::new(TestIssuer::new);

/// A good session token.
pub fn token(clerk_id: &str) -> String {
    TRUSTED.token(clerk_id)
}

/// A token that is good for so many seconds.
pub fn token_for(clerk_id: &str, seconds: u64) -> String {
    let mut short = claims(clerk_id);
    short["exp"] = json!(short["iat"].as_u64().expect("a number") + seconds);
    TRUSTED.sign(&short)
}

/// A good token that carries e-mail address and name.
pub fn token_with_profile(clerk_id: &str, email: &str, name: &str) -> String {
    let mut claims = claims(clerk_id);
    claims["email"] = json!(email);
    claims["name"] = json!(name);
    TRUSTED.sign(&claims)
}

/// Which database a story runs on.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// The API, running.
pub struct World {
    pub url: String,
    pub database_url: String,
    pub jwks_url: String,
    client: reqwest::Client,
    stop: CancellationToken,
    _folder: TempDir,
}

impl World {
    /// The API on a fresh database of this kind.
    pub async fn new(kind: Kind) -> Self {
        Self::with(kind, &[]).await
    }

    /// The API with more variables set, or unset where the value is empty.
    pub async fn with(kind: Kind, more: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database_url = match kind {
            Kind::Sqlite => format!("sqlite://{}/app.db?mode=rwc", folder.path().display()),
            Kind::Postgres => crate::postgres::database().await,
        };
        Self::on(folder, database_url, more).await
    }

    /// The API on this database.
    pub async fn on_database(database_url: &str, more: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self::on(folder, database_url.to_owned(), more).await
    }

    /// The API with the emulator's proxy to this upstream, serving a page of these files.
    pub async fn with_page(upstream: SocketAddr, files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let dist = folder.path().join("dist");
        std::fs::create_dir(&dist).expect("a folder");
        for (name, content) in files {
            std::fs::write(dist.join(name), content).expect("written");
        }
        Self::beside(folder, upstream, &[]).await
    }

    /// The API with the emulator's proxy to this upstream and more variables set.
    pub async fn with_emulator(upstream: SocketAddr, more: &[(&str, &str)]) -> Self {
        Self::beside(tempfile::tempdir().expect("a folder"), upstream, more).await
    }

    async fn beside(folder: TempDir, upstream: SocketAddr, more: &[(&str, &str)]) -> Self {
        let database_url = format!("sqlite://{}/app.db?mode=rwc", folder.path().display());
        let upstream = upstream.to_string();
        // Without a key the emulator stands in.
        let emulator = [
            ("CLERK_EMULATOR", "1"),
            ("CLERK_PUBLISHABLE_KEY", ""),
            ("EMULATOR_ADDR", upstream.as_str()),
        ];
        Self::on(folder, database_url, &[more, emulator.as_slice()].concat()).await
    }

    async fn on(folder: TempDir, database_url: String, more: &[(&str, &str)]) -> Self {
        let jwks = serve_jwks().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let dist = folder.path().join("dist");
        let variables = [
            // base64 of "clerk.example.com$"
            ("CLERK_PUBLISHABLE_KEY", "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k"),
            ("CLERK_JWKS_URL", jwks.as_str()),
            ("CLERK_AUTHORIZED_PARTIES", ORIGIN),
            ("DATABASE_URL", database_url.as_str()),
            ("DIST_DIR", dist.to_str().expect("text")),
            ("CLERK_WEBHOOK_SIGNING_SECRET", WEBHOOK_SECRET),
            ("RATE_LIMIT_IDENTITY", "0"),
            ("RATE_LIMIT_ADDRESS", "0"),
        ];
        let config = Config::read(Env::new(&|name| {
            more.iter()
                .chain(&variables)
                .find(|(key, _)| *key == name)
                .filter(|(_, value)| !value.is_empty())
                .map(|(_, value)| value.into())
        }))
        .expect("a valid configuration");
        let stop = CancellationToken::new();
        let stopping = stop.clone();
        tokio::spawn(async move {
            api::serve(config, listener, stopping)
                .await
                .expect("served");
        });
        let world = Self {
            url,
            database_url,
            jwks_url: jwks,
            client: client(),
            stop,
            _folder: folder,
        };
        world.until_ready().await;
        world
    }

    async fn until_ready(&self) {
        let ready = async {
            while !self
                .client
                .get(format!("{}/readyz", self.url))
                .send()
                .await
                .is_ok_and(|answer| answer.status() == 200)
            {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), ready)
            .await
            .expect("the API gets ready");
    }

    /// Tells the API to stop.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// A request without a token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// Runs SQL as somebody with a client of the database does.
    pub async fn sql(&self, sql: &str) {
        use sea_orm::ConnectionTrait;
        let db = sea_orm::Database::connect(&self.database_url)
            .await
            .expect("the database");
        db.execute_unprepared(sql).await.expect("valid SQL");
        db.close().await.expect("closed");
    }

    /// How many rows there are in this table, or in one with a condition.
    pub async fn count(&self, table: &str) -> i64 {
        use sea_orm::{ConnectionTrait, Statement};
        let db = sea_orm::Database::connect(&self.database_url)
            .await
            .expect("the database");
        let sql = format!("SELECT count(*) FROM {table}");
        let statement = Statement::from_string(db.get_database_backend(), sql);
        let row = db.query_one_raw(statement).await.expect("valid SQL");
        let count = row.expect("a row").try_get_by_index(0).expect("a number");
        db.close().await.expect("closed");
        count
    }

    /// What this person reads of themselves.
    pub async fn me(&self, clerk_id: &str) -> Value {
        let request = self.request(Method::GET, "/api/users/me");
        let answer = request.bearer_auth(token(clerk_id)).send().await;
        answer.expect("an answer").json().await.expect("JSON")
    }

    /// Writes this person's row.
    pub async fn put(&self, clerk_id: &str, name: &str) {
        let body = json!({"clerkId": clerk_id, "email": "a@b.co", "name": name});
        let request = self
            .request(Method::PUT, &format!("/api/users/{clerk_id}"))
            .bearer_auth(token(clerk_id))
            .json(&body);
        let status = request.send().await.expect("an answer").status();
        assert!(status.is_success(), "{status}");
    }

    /// The version of this person's row.
    pub async fn etag(&self, clerk_id: &str) -> String {
        let request = self
            .request(Method::GET, "/api/users/me")
            .bearer_auth(token(clerk_id));
        let answer = send(request, StatusCode::OK).await;
        answer.headers()["etag"].to_str().expect("text").to_owned()
    }

    /// Sends with a token and checks the status; answers the body, `null` when there is none.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<Value>,
        expected: StatusCode,
    ) -> Value {
        let mut request = self.request(method, path).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        expect(request, expected).await
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Where the API listens.
pub fn address(world: &World) -> SocketAddr {
    let address = world.url.strip_prefix("http://").expect("a URL");
    address.parse().expect("an address")
}

/// What the server answers to this text, until it closes.
pub async fn raw(world: &World, text: &str) -> String {
    let mut stream = TcpStream::connect(address(world)).await.expect("connected");
    // The server may close before all of it is sent.
    let _ = stream.write_all(text.as_bytes()).await;
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    let _ = tokio::time::timeout(Duration::from_mins(1), read)
        .await
        .expect("it closes");
    String::from_utf8_lossy(&answer).into_owned()
}

/// Sends and checks the status; answers the body, `null` when there is none.
pub async fn expect(request: RequestBuilder, expected: StatusCode) -> Value {
    let answer = send(request, expected).await;
    let text = answer.text().await.expect("a body");
    if text.is_empty() {
        Value::Null
    } else {
        serde_json::from_str(&text).expect("JSON")
    }
}

/// Sends and checks the status.
pub async fn send(request: RequestBuilder, expected: StatusCode) -> Response {
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), expected, "{}", answer.url());
    answer
}

fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .timeout(Duration::from_secs(30))
        .build()
        .expect("a client")
}

async fn serve_jwks() -> String {
    let router = Router::new().route("/jwks.json", get(async || Json(TRUSTED.jwks())));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!(
        "http://{}/jwks.json",
        listener.local_addr().expect("its address")
    );
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// A story on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! on_both_databases {
    ($($story:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $story() {
                super::$story($crate::world::World::new($crate::world::Kind::Sqlite).await).await;
            })+
        }
        mod postgresql {
            $(#[tokio::test]
            async fn $story() {
                super::$story($crate::world::World::new($crate::world::Kind::Postgres).await).await;
            })+
        }
    };
}
