//! What the emulator costs: start, memory, tokens and sign-ups a second, 100,000 users.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bench::load::load;
use bench::server::{Server, free_address, program};
use bench::table::{median, print};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

/// How many times a start is timed.
const STARTS: usize = 11;
/// How many users are loaded, and how many at a time.
const USERS: usize = 100_000;
const BATCH: usize = 10_000;
/// More than are made in a round.
const MANY: usize = 1_000_000;
/// How many more there are beside other emulators.
const COMMON_USERS: usize = 10_000;
/// How often a call is timed among all these users.
const CALLS: usize = 101;
/// The key of every emulator here.
const SECRET: &str = "sk_test_benchmarks";

#[tokio::main]
async fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut rows = Vec::new();
    let mut row = |name: &str, figure: String| rows.push(vec![name.to_owned(), figure]);

    let starts = (0..STARTS)
        .map(|_| Ok(milliseconds(start(None)?.ready_after)))
        .collect::<Result<Vec<f64>>>()?;
    row(
        "start to ready, in memory",
        format!("{:.0} ms", median(starts)),
    );
    let kept = folder.path().join("kept");
    drop(start(Some(&kept))?);
    let starts = (0..STARTS)
        .map(|_| Ok(milliseconds(start(Some(&kept))?.ready_after)))
        .collect::<Result<Vec<f64>>>()?;
    row(
        "start to ready, with a kept state",
        format!("{:.0} ms", median(starts)),
    );

    let caller = Caller::new(start(Some(&folder.path().join("load")))?);
    row("memory", megabytes(caller.server.memory()?));
    println!("  tokens");
    let (rate, cpu) = caller.tokens().await?;
    row(
        "session tokens a second",
        format!("{rate:.0} ({cpu:.0} µs of CPU each)"),
    );
    println!("  sign-ups");
    let rate = caller.sign_ups(true).await?;
    row(
        "sign-ups a second, Argon2id of 19 MiB and two passes, on disk",
        format!("{rate:.0}"),
    );
    caller
        .control("PATCH", "/emulator/settings", json!({ "password": "off" }))
        .await?;
    let rate = caller.sign_ups(false).await?;
    row(
        "sign-ups a second without a password, on disk",
        format!("{rate:.0}"),
    );

    let caller = Caller::new(start(Some(&folder.path().join("many")))?);
    let begun = Instant::now();
    for first in (0..USERS).step_by(BATCH) {
        println!("  {first} of {USERS} users");
        let users: Vec<Value> = (first..first + BATCH).map(person).collect();
        caller
            .control("POST", "/emulator/seed", json!({ "users": users }))
            .await?;
    }
    row(
        "100,000 users loaded",
        format!("{:.1} s", begun.elapsed().as_secs_f64()),
    );
    row("memory with them", megabytes(caller.server.memory()?));
    let signed_in = json!({ "email_address": "person.50000@example.com" });
    let browser = caller
        .control("POST", "/emulator/sign_in", signed_in)
        .await?;
    let token = browser["dev_browser_token"].as_str().context("a browser")?;
    let client = format!("/v1/client?__clerk_db_jwt={token}");
    row(
        "  a page's GET /v1/client",
        caller.typical(&client, false).await?,
    );
    row(
        "  GET /v1/users, the newest page",
        caller.typical("/v1/users?limit=20", true).await?,
    );
    let one = "/v1/users?email_address=person.77777@example.com";
    row(
        "  GET /v1/users by address",
        caller.typical(one, true).await?,
    );
    print(&["the emulator", "figure"], &rows);
    beside_others().await
}

/// What emulators written in JavaScript can do as well, beside them: the Backend API, in memory.
async fn beside_others() -> Result<()> {
    let mut rows = vec![common(start(None)?, |_| SECRET.to_owned()).await?];
    match std::env::var_os("BENCH_EMULATE_DIR") {
        Some(folder) => {
            let address = free_address()?;
            let mut command = Command::new("node");
            command
                .arg("node_modules/emulate/dist/index.js")
                .args(["start", "--service", "clerk", "--port"])
                .arg(address.port().to_string())
                .current_dir(folder);
            let emulate = Server::start("emulate 0.11.2", &mut command, address, "/v1/jwks")?;
            // It takes any key, and 5000 calls of each.
            let key = |number: usize| format!("sk_test_{}", number / 4000);
            rows.push(common(emulate, key).await?);
        }
        None => println!("  skipped: emulate, which needs Node.js and npm"),
    }
    let head = [
        "in memory, by the Backend API",
        "start to ready",
        "memory",
        "users created a second",
        "session tokens a second",
        "with 10,000 users more: a page of 20",
        "memory with them",
    ];
    print(&head, &rows);
    Ok(())
}

/// The figures of one of them.
async fn common(server: Server, key: fn(usize) -> String) -> Result<Vec<String>> {
    println!("  {} beside others", server.name);
    let (ready, memory) = (server.ready_after, server.memory()?);
    let caller = Caller {
        secret: key(usize::MAX),
        ..Caller::new(server)
    };
    let create = caller.url.clone() + "/v1/users";
    let user = |number: usize| {
        let email = format!("person.{number}@example.com");
        json!({ "email_address": [email], "skip_password_requirement": true })
    };
    let ada = caller.control("POST", "/v1/users", user(0)).await?;
    let url = create.clone();
    let created = load(&caller.http, move |http, number| {
        let request = http
            .post(&url)
            .bearer_auth(key(number))
            .json(&user(number + 1));
        succeeds(request)
    })
    .await?;
    let session = json!({ "user_id": ada["id"] });
    let session = caller.control("POST", "/v1/sessions", session).await?;
    let id = session["id"].as_str().context("a session")?;
    let url = format!("{}/v1/sessions/{id}/tokens", caller.url);
    let tokens = load(&caller.http, move |http, number| {
        succeeds(
            http.post(&url)
                .bearer_auth(key(MANY + number))
                .json(&json!({})),
        )
    })
    .await?;
    for number in 0..COMMON_USERS {
        let request = caller
            .http
            .post(&create)
            .bearer_auth(key(2 * MANY + number));
        succeeds(request.json(&user(MANY + number))).await?;
    }
    Ok(vec![
        caller.server.name.clone(),
        format!("{:.0} ms", milliseconds(ready)),
        megabytes(memory),
        format!("{created:.0}"),
        format!("{tokens:.0}"),
        caller.typical("/v1/users?limit=20", true).await?,
        megabytes(caller.server.memory()?),
    ])
}

async fn succeeds(request: RequestBuilder) -> Result<()> {
    let answer = request.send().await?;
    ensure!(answer.status().is_success(), "{}", answer.status());
    answer.bytes().await?;
    Ok(())
}

fn person(number: usize) -> Value {
    json!({
        "email_address": format!("person.{number}@example.com"),
        "first_name": "Person",
        "last_name": number.to_string(),
    })
}

/// Starts an emulator: in memory, or with its state in a folder.
fn start(folder: Option<&Path>) -> Result<Server> {
    let address = free_address()?;
    let mut command = Command::new(program("clerk-emulator"));
    command
        .env("EMULATOR_ADDR", address.to_string())
        .env("EMULATOR_SECRET_KEY", SECRET)
        .env("RUST_LOG", "error");
    match folder {
        Some(folder) => command.env("EMULATOR_DATA_DIR", folder),
        None => command.arg("--ephemeral"),
    };
    Server::start("clerk-emulator", &mut command, address, "/v1/health")
}

/// Somebody who calls an emulator.
struct Caller {
    server: Server,
    secret: String,
    http: Client,
    url: String,
}

impl Caller {
    fn new(server: Server) -> Self {
        let url = format!("http://{}", server.address);
        Self {
            server,
            secret: SECRET.to_owned(),
            http: Client::new(),
            url,
        }
    }

    /// Calls with the secret key.
    async fn control(&self, method: &str, path: &str, body: Value) -> Result<Value> {
        let request = self
            .http
            .request(method.parse()?, format!("{}{path}", self.url));
        let answer = request.bearer_auth(&self.secret).json(&body).send().await?;
        ensure!(answer.status().is_success(), "{path}: {}", answer.status());
        Ok(answer.json().await?)
    }

    /// Session tokens a second, and microseconds of CPU each.
    async fn tokens(&self) -> Result<(f64, f64)> {
        let person = json!({ "email_address": "ada@example.com" });
        let made = self.control("POST", "/emulator/sign_in", person).await?;
        let field = |name: &str| made[name].as_str().map(str::to_owned).context("a browser");
        let path = format!(
            "{}/v1/client/sessions/{}/tokens?__clerk_db_jwt={}",
            self.url,
            field("session_id")?,
            field("dev_browser_token")?
        );
        let before = self.server.cpu()?;
        let begun = Instant::now();
        let rate = load(&self.http, move |http, _| {
            let path = path.clone();
            async move {
                let answer = http.post(&path).send().await?;
                ensure!(answer.status().is_success(), "a token: {}", answer.status());
                answer.bytes().await?;
                Ok(())
            }
        })
        .await?;
        let count = rate * begun.elapsed().as_secs_f64();
        Ok((rate, (self.server.cpu()? - before) * 1e6 / count))
    }

    /// Whole sign-ups a second: address, code, session.
    async fn sign_ups(&self, password: bool) -> Result<f64> {
        let url = self.url.clone();
        load(&self.http, move |http, number| {
            let url = url.clone();
            async move { sign_up(&http, &url, number, password).await }
        })
        .await
    }

    /// How long a call takes, typically.
    async fn typical(&self, path: &str, with_secret: bool) -> Result<String> {
        let mut figures = Vec::new();
        for _ in 0..CALLS {
            let mut request = self.http.get(format!("{}{path}", self.url));
            if with_secret {
                request = request.bearer_auth(&self.secret);
            }
            let begun = Instant::now();
            let answer = request.send().await?;
            ensure!(answer.status().is_success(), "{path}: {}", answer.status());
            answer.bytes().await?;
            figures.push(milliseconds(begun.elapsed()));
        }
        Ok(format!("{:.1} ms", median(figures)))
    }
}

async fn sign_up(http: &Client, url: &str, number: usize, password: bool) -> Result<()> {
    let post = async |path: String, form: String| -> Result<Value> {
        let request = http
            .post(format!("{url}/v1{path}"))
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(form).send().await?;
        ensure!(answer.status().is_success(), "{path}: {}", answer.status());
        Ok(answer.json().await?)
    };
    let browser = post("/dev_browser".into(), String::new()).await?;
    let token = browser["id"].as_str().context("a browser")?;
    let (kind, secret) = if password {
        ("with", "&password=correct+horse+battery")
    } else {
        ("without", "")
    };
    let form = format!(
        "email_address={kind}.{number}%2Bclerk_test%40example.com&first_name=A&last_name=L{secret}"
    );
    let begun = post(format!("/client/sign_ups?__clerk_db_jwt={token}"), form).await?;
    let id = begun["response"]["id"].as_str().context("a sign-up")?;
    let path = |step: &str| format!("/client/sign_ups/{id}/{step}?__clerk_db_jwt={token}");
    let code = "strategy=email_code&code=424242";
    post(path("prepare_verification"), code.to_owned()).await?;
    let done = post(path("attempt_verification"), code.to_owned()).await?;
    ensure!(done["response"]["status"] == "complete", "{done}");
    Ok(())
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn megabytes(bytes: u64) -> String {
    #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
    let megabytes = bytes as f64 / 1e6;
    format!("{megabytes:.1} MB")
}
