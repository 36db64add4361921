//! `docs/deployment.md` as printed: its proxies and its pooler, with replicas on `PostgreSQL`.

use std::cell::Cell;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use clerk_emulator::ClerkEmulator;
use futures_util::future::{join, join_all};
use futures_util::{SinkExt, StreamExt};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Upgraded};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::page::nobody;
use crate::postgres;
use crate::process::{Process, Start};
use crate::stream::Events;
use crate::world::{World, expect, send};

const PAGE: &str = include_str!("../../../docs/deployment.md");
/// The page's name for the site, and where it is.
const SITE: &str = "app.example.com";
const ORIGIN: &str = "https://app.example.com";
const ME: &str = "/api/users/me";
const WITHIN: Duration = Duration::from_secs(30);
/// How long a program may take to end before it is killed.
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// The page's block in this language, with its placeholders filled in.
fn block(language: &str, filled: &[(&str, &str)]) -> String {
    let begin = format!("```{language}\n");
    let mut blocks = PAGE.split(&begin).skip(1);
    let block = blocks.next().and_then(|it| it.split("```").next());
    assert!(blocks.next().is_none(), "one block of {language}");
    let block = block.unwrap_or_else(|| panic!("a block of {language}"));
    filled
        .iter()
        .fold(block.to_owned(), |text, (placeholder, value)| {
            assert!(text.contains(placeholder), "{placeholder} in {language}");
            text.replace(placeholder, value)
        })
}

/// Where a program is; none, which is said, where it is not installed. Debian keeps daemons off
/// the path of people.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path)
        .chain(["/usr/sbin".into()])
        .map(|folder| folder.join(name))
        .find(|it| it.is_file());
    if found.is_none() {
        // Not `eprintln!`, which nobody sees of a test that passes.
        let _ = writeln!(
            std::io::stderr(),
            "{name} is not installed: docs/deployment.md is not tried with it"
        );
    }
    found
}

fn run(program: &Path, arguments: &[&str]) -> Output {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output();
    output.expect("it runs")
}

/// Waits until this is so.
async fn until(what: &str, so: impl AsyncFn() -> bool) {
    let waiting = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = tokio::time::timeout(WITHIN, waiting).await;
    assert!(waited.is_ok(), "{what}");
}

/// A daemon in a folder of its own. Dropping it ends it.
struct Daemon {
    child: Child,
    folder: TempDir,
}

impl Daemon {
    fn start(folder: TempDir, command: &mut Command) -> Self {
        let log = std::fs::File::create(folder.path().join("log")).expect("a file");
        let child = command
            .env("HOME", folder.path())
            .env("XDG_DATA_HOME", folder.path())
            .env("XDG_CONFIG_HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("the same file"))
            .stderr(log)
            .spawn()
            .expect("it runs");
        Self { child, folder }
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("it runs");
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).expect("a log")
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // nginx must end its workers, so it is not killed.
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        let asked = Instant::now();
        while self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            // PgBouncer waits for its clients, which may be dropped after it.
            if asked.elapsed() > STOP_WITHIN {
                let _ = self.child.kill();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A proxy of the page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nginx,
    Caddy,
}

/// A running one.
struct Proxy {
    kind: Kind,
    program: PathBuf,
    daemon: Daemon,
}

impl Proxy {
    /// Starts it with the page's lines before these replicas.
    fn start(kind: Kind, program: PathBuf, port: u16, replicas: [SocketAddr; 2]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let at = folder.path().to_str().expect("text").to_owned();
        let port = port.to_string();
        let [one, other] = replicas.map(|it| it.to_string());
        let to = [("10.0.0.11:3000", &*one), ("10.0.0.12:3000", &*other)];
        let mut command = Command::new(&program);
        match kind {
            Kind::Nginx => {
                certificate(&at);
                let own = [("443", &*port), ("/etc/ssl", &at)];
                let page = block("nginx", &[&to[..], &own].concat());
                // Workers of another user could not write below a private folder.
                let config = format!(
                    "user root; worker_processes 1; daemon off; pid {at}/pid;\n\
                     error_log stderr notice;\n\
                     events {{}}\nhttp {{ access_log off;\n\
                     client_body_temp_path {at}/body; proxy_temp_path {at}/proxy;\n\
                     fastcgi_temp_path {at}/f; uwsgi_temp_path {at}/u; scgi_temp_path {at}/s;\n\
                     {page} }}"
                );
                std::fs::write(format!("{at}/config"), config).expect("written");
                command.args(["-e", "stderr", "-p", &at, "-c", "config"]);
            }
            Kind::Caddy => {
                let site = format!("{SITE}:{port} {{");
                let own = [("app.example.com {", &*site)];
                let page = block("caddyfile", &[&to[..], &own].concat());
                let config = format!(
                    "{{\nadmin unix//{at}/admin\nlocal_certs\nskip_install_trust\n\
                     auto_https disable_redirects\n}}\n{page}"
                );
                std::fs::write(format!("{at}/config"), config).expect("written");
                let config = format!("{at}/config");
                command.args(["run", "--adapter", "caddyfile", "--config", &config]);
            }
        }
        let daemon = Daemon::start(folder, &mut command);
        Self {
            kind,
            program,
            daemon,
        }
    }

    /// Has it read its configuration again, as after an edit or a new certificate.
    async fn reload(&self) {
        match self.kind {
            Kind::Nginx => {
                self.daemon.signal(Signal::HUP);
                let shuts_down = async || self.daemon.log().contains("gracefully shutting down");
                until("the old worker is told to end", shuts_down).await;
            }
            Kind::Caddy => {
                let at = self.daemon.folder.path().display();
                let (config, admin) = (format!("{at}/config"), format!("unix//{at}/admin"));
                let adapter = ["--adapter", "caddyfile", "--config", &config];
                let how = ["reload", "--force", "--address", &admin];
                let output = run(&self.program, &[&how[..], &adapter].concat());
                assert!(output.status.success(), "{output:?}");
            }
        }
    }
}

/// A certificate that signs itself, where the page's nginx looks for it.
fn certificate(at: &str) {
    let (name, key) = (format!("{at}/{SITE}.pem"), format!("{at}/{SITE}.key"));
    let kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt"];
    let subject = ["ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=test"];
    let files = ["-keyout", &key, "-out", &name];
    let output = run(
        Path::new("openssl"),
        &[&kind[..], &subject, &files].concat(),
    );
    assert!(output.status.success(), "{output:?}");
}

/// Two replicas behind a proxy, beside the emulator, and a browser's connections to the site.
struct Site {
    clerk: ClerkEmulator,
    /// A third replica that nobody asks: it has the database's URL.
    world: World,
    proxy: Proxy,
    url: String,
    client: Client,
    replicas: [SocketAddr; 2],
}

impl Site {
    /// The site, and its replicas.
    async fn open(kind: Kind, program: PathBuf) -> (Self, [Process; 2]) {
        let clerk = ClerkEmulator::start().await.expect("an emulator");
        let world = World::on_database(&postgres::database().await, &[]).await;
        let replicas = [nobody().await, nobody().await];
        let processes = [
            replica(&clerk, &world, replicas[0]).await,
            replica(&clerk, &world, replicas[1]).await,
        ];
        let address = nobody().await;
        let proxy = Proxy::start(kind, program, address.port(), replicas);
        let mut headers = reqwest::header::HeaderMap::new();
        // As at port 443.
        headers.insert("host", SITE.parse().expect("a host"));
        headers.insert("origin", ORIGIN.parse().expect("an origin"));
        let client = Client::builder()
            .resolve(SITE, address)
            .tls_danger_accept_invalid_certs(true)
            .http1_only()
            .default_headers(headers)
            .timeout(WITHIN * 4)
            .build()
            .expect("a client");
        let site = Self {
            clerk,
            world,
            proxy,
            url: format!("{ORIGIN}:{}", address.port()),
            client,
            replicas,
        };
        let ready = site.until_answered("/readyz", StatusCode::OK);
        let ready = tokio::time::timeout(WITHIN, ready).await;
        assert!(ready.is_ok(), "{}", site.proxy.daemon.log());
        (site, processes)
    }

    async fn until_answered(&self, path: &str, status: StatusCode) {
        let ask = || self.request(Method::GET, path).send();
        while !ask().await.is_ok_and(|answer| answer.status() == status) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// Posts a form to Clerk, as clerk-js does.
    async fn clerk(&self, path: &str, browser: &str, form: &str) -> Value {
        let url = format!("/__clerk/v1/{path}?__clerk_db_jwt={browser}");
        let request = self
            .request(Method::POST, &url)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(form.to_owned());
        expect(request, StatusCode::OK).await
    }

    /// Signs Ada up; answers a token of her session.
    async fn sign_up(&self) -> String {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let browser = self.clerk("dev_browser", "", "").await;
        let browser = text(&browser["token"]);
        let form = "email_address=ada%2Bclerk_test%40example.com&first_name=Ada\
                    &last_name=Lovelace&password=correct%20horse%20battery";
        let begun = self.clerk("client/sign_ups", &browser, form).await;
        let path = format!("client/sign_ups/{}", text(&begun["response"]["id"]));
        let code = "strategy=email_code&code=424242";
        for step in ["prepare_verification", "attempt_verification"] {
            self.clerk(&format!("{path}/{step}"), &browser, code).await;
        }
        let done = expect(
            self.request(
                Method::GET,
                &format!("/__clerk/v1/client?__clerk_db_jwt={browser}"),
            ),
            StatusCode::OK,
        )
        .await;
        let session = text(&done["response"]["last_active_session_id"]);
        let path = format!("client/sessions/{session}/tokens");
        text(&self.clerk(&path, &browser, "").await["jwt"])
    }

    /// A new session of this person: their id, and a token.
    async fn sign_in(&self, email: &str) -> (String, String) {
        let body = json!({ "email_address": email, "origin": ORIGIN });
        let request = Client::new()
            .post(format!("{}/emulator/sign_in", self.clerk.url()))
            .bearer_auth(self.clerk.secret_key());
        let signed_in = expect(request.json(&body), StatusCode::OK).await;
        let text = |name: &str| signed_in[name].as_str().expect(name).to_owned();
        (text("user_id"), text("token"))
    }

    /// A stream of one's own row.
    async fn events(&self, token: &str) -> Response {
        let request = self.request(Method::GET, "/api/users/me/events");
        send(request.bearer_auth(token), StatusCode::OK).await
    }

    /// A page's WebSocket that watches the person's row; none while there is no replica.
    async fn socket(&self, token: &str) -> Option<Socket> {
        let request = self.request(Method::GET, "/api/live").headers(
            [
                ("connection", "Upgrade"),
                ("upgrade", "websocket"),
                ("sec-websocket-version", "13"),
                ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ]
            .into_iter()
            .map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("text")))
            .collect(),
        );
        let answer = request.send().await.ok()?;
        let upgraded = answer.upgrade().await.ok()?;
        let socket = WebSocketStream::from_raw_socket(upgraded, Role::Client, None).await;
        let mut socket = Socket(socket);
        for message in [json!({ "token": token }), json!({ "watch": { ME: null } })] {
            let text = Message::text(message.to_string());
            socket.0.send(text).await.ok()?;
        }
        Some(socket)
    }
}

/// One replica as the page has it, but for the emulator in Clerk's place.
async fn replica(clerk: &ClerkEmulator, world: &World, address: SocketAddr) -> Process {
    let (_, trusted) = PAGE.split_once("`TRUSTED_PROXIES=").expect("a setting");
    let trusted = trusted.split('`').next().expect("its end");
    let trusted = trusted.replace("10.0.0.", "127.0.0.");
    let how = Start {
        // Without a key the emulator stands in.
        shell: "unset CLERK_PUBLISHABLE_KEY CLERK_JWKS_URL",
        env: &[
            ("CLERK_EMULATOR", "1"),
            ("EMULATOR_ADDR", clerk.url().trim_start_matches("http://")),
            ("CLERK_AUTHORIZED_PARTIES", ORIGIN),
            // Session tokens have no audience, which those of `convex` must have.
            ("CLERK_JWT_TEMPLATE", "session"),
            ("DATABASE_URL", &world.database_url),
            ("TRUSTED_PROXIES", &trusted),
            ("RATE_LIMIT_IDENTITY", "0"),
            ("RATE_LIMIT_ADDRESS", "0"),
        ],
        address: Some(address),
    };
    Process::start(world, how).await
}

/// A page's connection.
struct Socket(WebSocketStream<Upgraded>);

impl Socket {
    /// The next name of the person's row; none when the connection has ended.
    async fn name(&mut self) -> Option<Value> {
        loop {
            let frame = tokio::time::timeout(WITHIN, self.0.next()).await;
            let Some(Ok(Message::Text(text))) = frame.expect("it goes on or ends") else {
                return None;
            };
            let message: Value = serde_json::from_str(&text).expect("JSON");
            let state = &message["states"][ME];
            if state.is_object() {
                return Some(state["body"]["name"].clone());
            }
        }
    }
}

async fn put(site: &Site, who: &(String, String), name: &str, key: &str) -> Option<StatusCode> {
    let body = json!({ "clerkId": who.0, "email": "a@b.co", "name": name });
    let request = site
        .request(Method::PUT, &format!("/api/users/{}", who.0))
        .header("Idempotency-Key", format!("\"{key}\""))
        .bearer_auth(&who.1)
        .json(&body);
    Some(request.send().await.ok()?.status())
}

/// Somebody signs up, and their live queries go on through a reload.
async fn a_person_comes_and_stays(site: &Site) {
    let token = site.sign_up().await;
    let row = site.request(Method::POST, "/api/users").bearer_auth(&token);
    let answer = send(row, StatusCode::CREATED).await;
    // Only who comes by way of a trusted proxy, and by TLS, is told this.
    assert!(answer.headers().contains_key("strict-transport-security"));
    let row: Value = answer.json().await.expect("JSON");
    let id = row["clerkId"].as_str().expect("an id").to_owned();
    let metrics = site.request(Method::GET, "/metrics");
    send(metrics, StatusCode::FORBIDDEN).await;

    let mut events = Events::from(site.events(&token).await);
    events.next().await;
    let mut socket = site.socket(&token).await.expect("a WebSocket");
    socket.name().await;
    let who = (id, token);
    let written = put(site, &who, "by REST", "1").await;
    assert_eq!(written, Some(StatusCode::OK));
    let name = async |events: &mut Events| events.next().await.expect("a row").1["name"].clone();
    assert_eq!(name(&mut events).await, "by REST");
    assert_eq!(socket.name().await, Some(json!("by REST")));

    site.proxy.reload().await;
    let sql = "UPDATE users SET name = 'by SQL'";
    site.world.sql(sql).await;
    assert_eq!(name(&mut events).await, "by SQL");
    match site.proxy.kind {
        Kind::Nginx => assert_eq!(socket.name().await, Some(json!("by SQL"))),
        // It may have been told before the end.
        Kind::Caddy => while socket.name().await.is_some() {},
    }
    // What was said to end with the reload takes nobody new.
    let mut socket = site.socket(&who.1).await.expect("a WebSocket");
    assert_eq!(socket.name().await, Some(json!("by SQL")));
}

/// The last that a writer writes.
const LAST: &str = "the last";

/// Writes one row over and over, each write until it is acknowledged, and reads it back. Ends when
/// it is told to; counts what was acknowledged.
async fn write(site: &Site, email: &str, acknowledged: &Cell<u32>, done: &Cell<bool>) {
    let mut who = site.sign_in(email).await;
    loop {
        let last = done.get();
        let key = (acknowledged.get() + 1).to_string();
        let name = if last { LAST } else { &key };
        loop {
            match put(site, &who, name, &key).await {
                Some(status) if status.is_success() => break,
                Some(StatusCode::UNAUTHORIZED) => who = site.sign_in(email).await,
                // A replica was lost, perhaps after it had written: this asks what became of it.
                None => {}
                Some(status) => assert!(status.is_server_error(), "{status}"),
            }
        }
        acknowledged.set(acknowledged.get() + 1);
        let row: Value = loop {
            let request = site.request(Method::GET, ME).bearer_auth(&who.1);
            let Ok(answer) = request.send().await else {
                continue;
            };
            match answer.status() {
                StatusCode::OK => {
                    if let Ok(row) = answer.json().await {
                        break row;
                    }
                }
                StatusCode::UNAUTHORIZED => who = site.sign_in(email).await,
                status => assert!(status.is_server_error(), "{status}"),
            }
        };
        assert_eq!(row["name"], name, "an acknowledged write is there");
        if last {
            return;
        }
    }
}

/// Reads somebody's stream, and opens it again when it ends, until it tells of the last write.
async fn read_stream(site: &Site, email: &str) {
    loop {
        let (_, token) = site.sign_in(email).await;
        let request = site.request(Method::GET, "/api/users/me/events");
        let Ok(mut answer) = request.bearer_auth(token).send().await else {
            continue;
        };
        let mut text = Vec::new();
        while let Ok(Some(chunk)) = answer.chunk().await {
            text.extend(chunk);
            if String::from_utf8_lossy(&text).contains(LAST) {
                return;
            }
        }
    }
}

/// The same over a WebSocket.
async fn read_socket(site: &Site, email: &str) {
    loop {
        let (_, token) = site.sign_in(email).await;
        let Some(mut socket) = site.socket(&token).await else {
            continue;
        };
        while let Some(name) = socket.name().await {
            if name == LAST {
                return;
            }
        }
    }
}

/// Each replica ends while people write, one as it is told to and one as in a crash, and comes back.
async fn replicas_come_and_go(site: &Site, processes: [Process; 2]) {
    let people = ["a@example.com", "b@example.com", "c@example.com"];
    let counts = people.map(|_| Cell::new(0));
    let done = Cell::new(false);
    let written = async || {
        let before: Vec<u32> = counts.iter().map(Cell::get).collect();
        let all = async || (0..people.len()).all(|it| counts[it].get() >= before[it] + 5);
        until("people go on writing", all).await;
    };
    let restarts = async {
        let [one, other] = processes;
        written().await;
        let (status, _folder) = one.stop().await;
        assert!(status.success(), "{status}");
        written().await;
        let one = replica(&site.clerk, &site.world, site.replicas[0]).await;
        written().await;
        drop(other);
        written().await;
        let other = replica(&site.clerk, &site.world, site.replicas[1]).await;
        written().await;
        done.set(true);
        [one, other]
    };
    let each = people.iter().zip(&counts);
    let writers = join_all(each.map(|(person, count)| write(site, person, count, &done)));
    let readers = join_all(
        people
            .iter()
            .map(|person| join(read_stream(site, person), read_socket(site, person))),
    );
    let all = tokio::time::timeout(WITHIN * 4, join(restarts, join(writers, readers))).await;
    all.expect("each reader hears of the last write");
}

async fn a_site_behind(kind: Kind, name: &str) {
    let (Some(program), Some(_)) = (program(name), program("openssl")) else {
        return;
    };
    let (site, processes) = Site::open(kind, program).await;
    // Browsers open six connections at most to a host that does not speak HTTP/2.
    let address = site.url.trim_start_matches(&format!("{ORIGIN}:"));
    let to = format!("127.0.0.1:{address}");
    let client = ["s_client", "-alpn", "h2", "-servername", SITE, "-connect"];
    let output = run(Path::new("openssl"), &[&client[..], &[&to]].concat());
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("ALPN protocol: h2"), "{said}");
    a_person_comes_and_stays(&site).await;
    replicas_come_and_go(&site, processes).await;
}

#[tokio::test]
async fn the_page_s_nginx_loses_nothing() {
    a_site_behind(Kind::Nginx, "nginx").await;
}

#[tokio::test]
async fn the_page_s_caddy_loses_nothing() {
    a_site_behind(Kind::Caddy, "caddy").await;
}

/// Starts the pooler with these lines of the page before this database.
fn pooler(program: &Path, lines: &str) -> Daemon {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config");
    // Who may connect is not what the page's lines are about.
    let own = "listen_addr = 127.0.0.1\nunix_socket_dir =\nauth_type = any\n";
    std::fs::write(&config, format!("{lines}{own}")).expect("written");
    let mut command = Command::new(program);
    // It refuses to run as root.
    if rustix::process::geteuid().is_root() {
        command.args(["-u", "nobody"]);
    }
    Daemon::start(folder, command.arg(config))
}

#[tokio::test]
async fn live_queries_work_behind_the_page_s_pooler() {
    let Some(program) = program("pgbouncer") else {
        return;
    };
    let direct = postgres::database().await;
    let (server, database) = direct
        .trim_start_matches("postgres://postgres@127.0.0.1:")
        .split_once('/')
        .expect("a URL");
    let to = format!("host=127.0.0.1 port={server} dbname={database} user=postgres");
    let address = nobody().await;
    let port = address.port().to_string();
    let filled = [("host=db.internal port=5432", &*to), ("6432", &port)];
    let mut lines = block("ini", &filled);

    let version = run(&program, &["--version"]).stdout;
    let version = String::from_utf8_lossy(&version).into_owned();
    let minor = version.split('.').nth(1).and_then(|it| it.parse().ok());
    if minor.is_some_and(|minor: u32| minor < 21) {
        // What the page says of Debian 12.
        let mut refused = pooler(&program, &lines);
        let status = refused.child.wait().expect("it ends");
        assert!(!status.success());
        assert!(
            refused
                .log()
                .contains("unknown parameter: pgbouncer/max_prepared_statements")
        );
        lines = lines.replace("max_prepared_statements = 200\n", "");
        lines = lines.replace("pool_mode = transaction", "pool_mode = session");
    }
    let pooler = pooler(&program, &lines);
    let answers = async || tokio::net::TcpStream::connect(address).await.is_ok();
    until("the pooler listens", answers).await;

    let (_, url) = PAGE.split_once("\nDATABASE_URL=").expect("a setting");
    let url = url.lines().next().expect("its end");
    let url = url.replace("pgbouncer.internal:6432", &address.to_string());
    let listen = [("DATABASE_LISTEN_URL", &*direct)];
    let one = World::on_database(&url, &listen).await;
    let other = World::on_database(&url, &listen).await;
    let token = crate::world::token("user_ada");
    let mut events = Events::open(&other, &token).await;
    events.next().await;
    for number in 0..20 {
        // More at once than one connection serves, so that statements meet other connections.
        let others = ["user_bob", "user_cay", "user_dan"];
        let name = number.to_string();
        join(
            one.put("user_ada", &name),
            join_all(others.map(|it| other.put(it, &name))),
        )
        .await;
        assert_eq!(events.next().await.expect("a change").1["name"], name);
    }
    one.sql("UPDATE users SET name = 'by SQL'").await;
    assert_eq!(events.next().await.expect("a change").1["name"], "by SQL");
    let log = pooler.log();
    assert!(
        log.contains("login attempt"),
        "they come by way of it: {log}"
    );
}
