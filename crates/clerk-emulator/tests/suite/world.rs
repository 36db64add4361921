//! An emulator, browsers and servers that call it.

use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clerk_emulator::ClerkEmulator;
use clerk_emulator::config::Config;
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

use crate::document;

pub const ADA: &str = "ada+clerk_test@example.com";
pub const PASSWORD: &str = "correct horse battery";
pub const PAGE: &str = "http://localhost:8080";

/// A running emulator.
pub struct World {
    pub emulator: ClerkEmulator,
    pub http: Client,
}

impl World {
    pub async fn new() -> Self {
        Self::of(ClerkEmulator::start().await.expect("it starts"))
    }

    /// With these settings.
    pub async fn with(settings: Value) -> Self {
        let world = Self::new().await;
        let (status, body) = world.control(Method::PATCH, "/settings", settings).await;
        assert_eq!(status, 200, "{body}");
        world
    }

    /// With what is kept in a folder.
    pub async fn on(config: &Config) -> Self {
        Self::of(ClerkEmulator::with(config).await.expect("it starts"))
    }

    fn of(emulator: ClerkEmulator) -> Self {
        let http = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Self { emulator, http }
    }

    pub fn url(&self) -> &str {
        self.emulator.url()
    }

    pub fn secret(&self) -> &str {
        self.emulator.secret_key()
    }

    /// Sends a request with these headers.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = self.http.request(method, format!("{}{path}", self.url()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.expect("an answer")
    }

    /// A new browser.
    pub async fn browser(&self) -> Browser<'_> {
        let made = self
            .http
            .post(format!("{}/v1/dev_browser", self.url()))
            .header("Origin", PAGE);
        let made: Value = made
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        document::check("fapi", "POST", "/dev_browser", 200, &made);
        Browser::with(self, made["id"].as_str().expect("a token"))
    }

    /// Calls the Backend API as a server does.
    pub async fn backend(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let request = self
            .http
            .request(method.clone(), format!("{}/v1{path}", self.url()))
            .bearer_auth(self.secret());
        let request = if body.is_null() {
            request
        } else {
            request.json(&body)
        };
        let (status, body) = read(request.send().await.expect("an answer")).await;
        document::check("bapi", method.as_str(), path, status, &body);
        (status, body)
    }

    /// Calls the Backend API and expects that it works.
    pub async fn server(&self, method: Method, path: &str, body: Value) -> Value {
        let (status, answer) = self.backend(method.clone(), path, body).await;
        assert!(status < 300, "{method} {path}: {status} {answer}");
        answer
    }

    /// Calls the emulator's own API.
    pub async fn control(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let request = self
            .http
            .request(method, format!("{}/emulator{path}", self.url()))
            .bearer_auth(self.secret());
        let request = if body.is_null() {
            request
        } else {
            request.json(&body)
        };
        read(request.send().await.expect("an answer")).await
    }

    /// The newest e-mail to an address.
    pub async fn mail(&self, to: &str) -> Value {
        let to: String = form_urlencoded::byte_serialize(to.as_bytes()).collect();
        let (status, body) = self
            .control(Method::GET, &format!("/messages/last?to={to}"), Value::Null)
            .await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// Moves the clock on.
    pub async fn wait(&self, seconds: i64) {
        let body = json!({ "advance_seconds": seconds });
        let (status, _) = self.control(Method::POST, "/clock", body).await;
        assert_eq!(status, 200);
    }
}

/// Status and body of an answer; a body that is not there is null.
pub async fn read(answer: Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    let kind = answer.headers().get("content-type").cloned();
    let text = answer.text().await.expect("a body");
    if text.is_empty() {
        return (status, Value::Null);
    }
    let kind = kind.expect("a content type");
    assert_eq!(kind, "application/json", "exactly: {text}");
    (status, serde_json::from_str(&text).expect("JSON"))
}

/// One browser, by its token.
pub struct Browser<'a> {
    pub world: &'a World,
    pub token: String,
    /// The session that calls about the person name.
    pub session: Mutex<Option<String>>,
}

impl<'a> Browser<'a> {
    pub fn with(world: &'a World, token: &str) -> Self {
        Self {
            world,
            token: token.to_owned(),
            session: Mutex::default(),
        }
    }

    /// Calls as clerk-js does, and answers status and body.
    pub async fn call(&self, method: Method, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        let mark = if path.contains('?') { '&' } else { '?' };
        let mut url = format!(
            "{}/v1{path}{mark}__clerk_db_jwt={}",
            self.world.url(),
            self.token
        );
        if let Some(session) = &*self.session.lock().expect("a session") {
            url.push_str("&_clerk_session_id=");
            url.push_str(session);
        }
        let http = &self.world.http;
        let request = if method == Method::GET {
            http.get(url)
        } else {
            let body = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(form)
                .finish();
            http.post(format!("{url}&_method={method}"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body(body)
        };
        let answer = request
            .header("Origin", PAGE)
            .send()
            .await
            .expect("an answer");
        let (status, body) = read(answer).await;
        document::check("fapi", method.as_str(), path, status, &body);
        (status, body)
    }

    /// Calls and expects that it works; answers the response.
    pub async fn done(&self, method: Method, path: &str, form: &[(&str, &str)]) -> Value {
        let (status, body) = self.call(method.clone(), path, form).await;
        assert_eq!(status, 200, "{method} {path}: {body}");
        body["response"].clone()
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Value {
        let (status, body) = self.call(Method::POST, path, form).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// Calls and expects this error; answers it.
    pub async fn refused(
        &self,
        method: Method,
        path: &str,
        form: &[(&str, &str)],
        code: &str,
    ) -> Value {
        let (status, body) = self.call(method.clone(), path, form).await;
        assert!(status >= 400, "{method} {path} worked: {body}");
        assert_eq!(code_of(&body), code, "{method} {path}: {body}");
        body["errors"][0].clone()
    }

    /// Signs up and answers the session's id.
    pub async fn sign_up(&self, email: &str) -> String {
        let form = [
            ("email_address", email),
            ("password", PASSWORD),
            ("first_name", "Ada"),
            ("last_name", "Lovelace"),
        ];
        let begun = self.post("/client/sign_ups", &form).await["response"].clone();
        assert_eq!(begun["status"], "missing_requirements");
        assert_eq!(begun["unverified_fields"], json!(["email_address"]));
        let path = format!("/client/sign_ups/{}", id(&begun));
        let code = [("strategy", "email_code"), ("code", "424242")];
        self.post(&format!("{path}/prepare_verification"), &code[..1])
            .await;
        let done = self
            .post(&format!("{path}/attempt_verification"), &code)
            .await;
        assert_eq!(done["response"]["status"], "complete");
        assert_eq!(done["client"]["sessions"].as_array().map(Vec::len), Some(1));
        text(&done["response"]["created_session_id"])
    }

    /// Signs in with the password; answers the sign-in.
    pub async fn sign_in(&self, email: &str) -> Value {
        let form = [
            ("identifier", email),
            ("strategy", "password"),
            ("password", PASSWORD),
        ];
        self.done(Method::POST, "/client/sign_ins", &form).await
    }

    /// Uploads a file as browsers do; with the secret key, as servers do.
    pub async fn upload(
        &self,
        (method, path, with_secret): (Method, &str, bool),
        bytes: &[u8],
        kind: &str,
    ) -> (u16, Value) {
        let head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"";
        let mut body = format!("{head}\r\nContent-Type: {kind}\r\n\r\n").into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--x--\r\n");
        let url = format!(
            "{}/v1{path}?__clerk_db_jwt={}",
            self.world.url(),
            self.token
        );
        let mut request = self
            .world
            .http
            .request(method.clone(), url)
            .header("Content-Type", "multipart/form-data; boundary=x")
            .body(body);
        if with_secret {
            request = request.bearer_auth(self.world.secret());
        }
        let (status, body) = read(request.send().await.expect("an answer")).await;
        let api = if with_secret { "bapi" } else { "fapi" };
        document::check(api, method.as_str(), path, status, &body);
        (status, body)
    }

    pub async fn client(&self) -> Value {
        self.call(Method::GET, "/client", &[]).await.1["response"].clone()
    }

    /// Opens an address; answers where it leads to.
    pub async fn open(&self, url: &str) -> String {
        let answer = self.world.http.get(url).send().await.expect("an answer");
        let status = answer.status();
        assert!(status.is_redirection(), "{url}: {status}");
        if let Some((_, path)) = url.split_once("/v1") {
            document::check("fapi", "GET", path, status.as_u16(), &Value::Null);
        }
        answer.headers()["location"]
            .to_str()
            .expect("an address")
            .to_owned()
    }
}

pub fn code_of(body: &Value) -> &str {
    body["errors"][0]["code"].as_str().unwrap_or_default()
}

pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("a text: {value}"))
        .to_owned()
}

pub fn id(value: &Value) -> String {
    text(&value["id"])
}

/// A parameter of an address.
pub fn query(url: &str, name: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    let query = query.split('#').next().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .find(|(asked, _)| asked == name)
        .map(|(_, value)| value.into_owned())
}

/// The claims of a token.
pub fn claims(token: &Value) -> Value {
    let payload = token["jwt"]
        .as_str()
        .and_then(|jwt| jwt.split('.').nth(1))
        .expect("a JWT");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).expect("base64")).expect("JSON")
}
