//! One call: who asks, from which page, with which parameters.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::RequestExt;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::multipart::MultipartError;
use axum::extract::{ConnectInfo, FromRequest, Multipart, RawPathParams, Request};
use axum::http::header::{
    AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, HeaderName, ORIGIN, REFERER, USER_AGENT,
};
use axum::http::{HeaderMap, Method, StatusCode};
use serde_json::{Map, Value};

use crate::address;
use crate::error::ClerkError;
use crate::model::Activity;
use crate::store::Page;
use crate::time::CENTURY;

use super::lengths;

/// The largest body that is read, in bytes: room for a profile image of 10 MB, Clerk's limit, in
/// base64.
pub const BODY_MAX: usize = 14 * 1024 * 1024;

/// How much is kept of what a browser says that it is, in characters.
const AGENT_MAX: usize = 512;
/// How long a client may take to send a request's body.
const BODY_TIMEOUT: Duration = Duration::from_secs(15);

/// What the query of a list says that does not limit it.
const NO_FILTERS: [&str; 7] = [
    "limit",
    "offset",
    "order_by",
    "paginated",
    "starting_after",
    "include_members_count",
    "include_missing_member_with_elevated_permissions",
];

/// What people are known by at Clerk and not here. Taken and dropped, it would seem to be kept.
const UNSUPPORTED: [&str; 6] = [
    "phone_number",
    "phone_number_id",
    "primary_phone_number_id",
    "web3_wallet",
    "web3_wallet_id",
    "primary_web3_wallet_id",
];

/// A file that came along.
#[derive(Clone, Debug)]
pub struct Upload {
    pub content_type: String,
    pub bytes: Vec<u8>,
}

/// A call.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// The `__client` cookie.
    pub client_cookie: Option<String>,
    /// The dev-browser token: in the address, or as a cookie of the page.
    pub dev_browser: Option<String>,
    /// Parts of the path, by their names.
    path: HashMap<String, String>,
    query: Vec<(String, String)>,
    /// The names in the query that the handler has looked at.
    known: RefCell<BTreeSet<String>>,
    /// The body's fields; those of a form are texts.
    body: Map<String, Value>,
    pub upload: Option<Upload>,
    /// Origin of the page.
    pub origin: Option<String>,
    /// The emulator's own URL as the page knows it, if it came through a proxy.
    pub proxy_url: Option<String>,
    pub host: Option<String>,
    pub bearer: Option<String>,
    pub user_agent: String,
    pub address: String,
}

impl<S: Send + Sync> FromRequest<S> for Call {
    type Rejection = ClerkError;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, ClerkError> {
        let path = request.extract_parts::<RawPathParams>().await;
        let path = path.map_err(ClerkError::internal)?;
        let mut call = Self {
            path: path
                .iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            query: form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())
                .into_owned()
                .collect(),
            ..Self::default()
        };
        let headers = request.headers();
        call.client_cookie = cookie(headers, "__client");
        call.dev_browser = call
            .query("__clerk_db_jwt")
            .map(str::to_owned)
            .or_else(|| cookie(headers, "__clerk_db_jwt"));
        call.origin = origin(headers);
        call.proxy_url = header(headers, &HeaderName::from_static("clerk-proxy-url"))
            .map(|url| url.trim_end_matches('/').to_owned());
        call.host = header(headers, &HOST).map(str::to_owned);
        call.bearer = header(headers, &AUTHORIZATION)
            .and_then(|value| value.strip_prefix("Bearer "))
            .map(|token| token.trim().to_owned());
        let user_agent = header(headers, &USER_AGENT).unwrap_or_default();
        call.user_agent = user_agent.chars().take(AGENT_MAX).collect();
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        call.address = client_address(headers, peer.map(|it| it.0.ip()))
            .map(|it| it.to_string())
            .unwrap_or_default();
        let asked = format!("{} {}", request.method(), request.uri().path());
        call.read_body(request, state).await?;
        lengths::check(&call.body)?;
        call.refuse_unsupported(&asked)?;
        Ok(call)
    }
}

impl Call {
    async fn read_body<S: Send + Sync>(
        &mut self,
        request: Request,
        state: &S,
    ) -> Result<(), ClerkError> {
        let (parts, body) = request.into_parts();
        let body = whole(body).await?;
        let kind = header(&parts.headers, &CONTENT_TYPE)
            .unwrap_or_default()
            .to_owned();
        if kind.starts_with("multipart/form-data") {
            let request = Request::from_parts(parts, Body::from(body));
            return self.read_multipart(request, state).await;
        }
        if kind.starts_with("application/octet-stream") {
            // clerk-js sends a picture it has as text as base64.
            self.upload = Some(Upload {
                content_type: String::new(),
                bytes: body.to_vec(),
            });
        } else if kind.starts_with("application/json") {
            if !body.is_empty() {
                let parsed = serde_json::from_slice::<Value>(&body).map_err(|_| {
                    ClerkError::bad("request_body_invalid", "Request body is invalid JSON.")
                })?;
                match parsed {
                    Value::Object(object) => self.body = object,
                    Value::Null => {}
                    // Bulk operations send an array.
                    list => {
                        self.body.insert(LIST.to_owned(), list);
                    }
                }
            }
        } else {
            for (name, value) in form_urlencoded::parse(&body).into_owned() {
                self.add(&name, value);
            }
        }
        Ok(())
    }

    async fn read_multipart<S: Send + Sync>(
        &mut self,
        request: Request,
        state: &S,
    ) -> Result<(), ClerkError> {
        let invalid = |error: MultipartError| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_large(),
            _ => unreadable(),
        };
        let form = Multipart::from_request(request, state).await;
        let mut form = form.map_err(|_| unreadable())?;
        while let Some(field) = form.next_field().await.map_err(invalid)? {
            let name = field.name().unwrap_or_default().to_owned();
            if field.file_name().is_some() || field.content_type().is_some() {
                let content_type = field.content_type().unwrap_or_default().to_owned();
                let bytes = field.bytes().await.map_err(invalid)?.to_vec();
                self.upload = Some(Upload {
                    content_type,
                    bytes,
                });
            } else {
                let text = field.text().await.map_err(invalid)?;
                self.add(&name, text);
            }
        }
        Ok(())
    }

    /// Refuses phones and wallets, as Clerk does where an instance has them switched off.
    fn refuse_unsupported(&self, asked: &str) -> Result<(), ClerkError> {
        let given = |name: &&&str| match self.body.get(**name) {
            None | Some(Value::Null | Value::Bool(false)) => false,
            Some(Value::String(text)) => !text.trim().is_empty(),
            Some(Value::Array(list)) => !list.is_empty(),
            Some(_) => true,
        };
        let Some(name) = UNSUPPORTED.iter().find(given) else {
            return Ok(());
        };
        tracing::warn!("not supported by the emulator: {name} of {asked}");
        Err(ClerkError::unknown(name))
    }

    /// A repeated field of a form is a list.
    fn add(&mut self, name: &str, value: String) {
        let name = name.trim_end_matches("[]").to_owned();
        match self.body.get_mut(&name) {
            None => {
                self.body.insert(name, Value::String(value));
            }
            Some(Value::Array(list)) => list.push(Value::String(value)),
            Some(first) => *first = Value::Array(vec![first.take(), Value::String(value)]),
        }
    }

    /// A part of the path.
    pub fn path(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    /// A parameter of the query that is not empty.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query_given(name).filter(|value| !value.is_empty())
    }

    /// A parameter of the query that may be given as empty, to clear what it names.
    pub fn query_given(&self, name: &str) -> Option<&str> {
        self.note(name);
        let found = self.query.iter().find(|(asked, _)| asked == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Every value of a parameter of the query, as `name=a&name=b` or `name[]=a`.
    pub fn query_all(&self, name: &str) -> Vec<&str> {
        self.note(name);
        self.query
            .iter()
            .filter(|(asked, value)| asked.trim_end_matches("[]") == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
            .collect()
    }

    fn note(&self, name: &str) {
        // A filter is asked for once for each record.
        if !self.known.borrow().contains(name) {
            self.known.borrow_mut().insert(name.to_owned());
        }
    }

    /// Whether the query limits a list.
    pub fn has_filters(&self) -> bool {
        self.filters().next().is_some()
    }

    fn filters(&self) -> impl Iterator<Item = &str> {
        let given = self.query.iter().filter(|(_, value)| !value.is_empty());
        given
            .map(|(name, _)| name.trim_end_matches("[]"))
            .filter(|name| !NO_FILTERS.contains(name) && !name.starts_with('_'))
    }

    /// What is left of a list that was filtered: nothing, when the call has a filter that nobody
    /// looked at. Whoever asks for a few must not get everybody.
    pub fn fitting<'a, T>(&self, all: &'a [T]) -> &'a [T] {
        let known = self.known.borrow();
        match self.filters().find(|name| !known.contains(*name)) {
            None => all,
            Some(_) if all.is_empty() => all,
            Some(name) => {
                tracing::warn!(
                    "the emulator does not support the filter {name:?}: nothing matches"
                );
                &[]
            }
        }
    }

    /// A text in the body that is there and not blank.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.given(name).filter(|value| !value.trim().is_empty())
    }

    /// A text in the body that may be given as blank, to clear what it names.
    pub fn given(&self, name: &str) -> Option<&str> {
        self.body.get(name).and_then(Value::as_str)
    }

    /// A text that must be there.
    pub fn required(&self, name: &str) -> Result<&str, ClerkError> {
        self.param(name).ok_or_else(|| ClerkError::missing(name))
    }

    /// Whether the body names this at all.
    pub fn has(&self, name: &str) -> bool {
        self.body.contains_key(name)
    }

    /// A switch in the body.
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.body.get(name)? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// A whole number in the body.
    pub fn number(&self, name: &str) -> Option<i64> {
        match self.body.get(name)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// A length of time in the body, in milliseconds; `unit` is what the field counts, in
    /// milliseconds.
    ///
    /// # Errors
    /// 422: longer than a century, forth or back.
    pub fn duration(&self, name: &str, unit: i64) -> Result<Option<i64>, ClerkError> {
        let Some(number) = self.number(name) else {
            return Ok(None);
        };
        let length = number.checked_mul(unit);
        let length = length.filter(|it| it.unsigned_abs() <= CENTURY.unsigned_abs());
        let length =
            length.ok_or_else(|| ClerkError::invalid(name, "This must be a century or less."))?;
        Ok(Some(length))
    }

    /// Anything in the body; in a form it is JSON in a text.
    pub fn json(&self, name: &str) -> Option<Value> {
        match self.body.get(name)? {
            Value::Null => None,
            Value::String(text) => serde_json::from_str(text)
                .ok()
                .or_else(|| Some(Value::String(text.clone()))),
            value => Some(value.clone()),
        }
    }

    /// Texts in the body, given as a list or as one.
    pub fn texts(&self, name: &str) -> Vec<String> {
        match self.body.get(name) {
            Some(Value::Array(list)) => list
                .iter()
                .filter_map(|it| it.as_str().map(str::to_owned))
                .collect(),
            Some(Value::String(text)) if text.starts_with('[') => {
                serde_json::from_str(text).unwrap_or_default()
            }
            Some(Value::String(text)) => vec![text.clone()],
            _ => Vec::new(),
        }
    }

    /// The body of a bulk operation: a list of objects.
    ///
    /// # Errors
    /// 400 for anything else.
    pub fn list(&self) -> Result<Vec<Map<String, Value>>, ClerkError> {
        let list = self.body.get(LIST).cloned().unwrap_or(Value::Null);
        serde_json::from_value(list).map_err(|_| {
            ClerkError::bad(
                "request_body_invalid",
                "The body must be an array of objects.",
            )
        })
    }

    /// The whole body.
    pub fn body(&self) -> &Map<String, Value> {
        &self.body
    }

    /// The same call with another body: one of a bulk operation.
    pub fn with_body(&self, body: Map<String, Value>) -> Self {
        Self {
            body,
            ..self.clone()
        }
    }

    /// The part of a list that is asked for: Clerk's default is 10, its most 500.
    pub fn page(&self) -> Page {
        let number = |name| self.query(name).and_then(|text| text.parse::<usize>().ok());
        Page {
            offset: number("offset").unwrap_or(0),
            limit: number("limit").unwrap_or(10).clamp(1, 500),
            oldest_first: false,
        }
    }

    /// With what the caller browses, as far as they say.
    pub fn activity(&self) -> Activity {
        let agent = self.user_agent.as_str();
        let version = |name: &str| {
            let (_, rest) = agent.split_once(name)?;
            let version = rest.strip_prefix('/')?.split([' ', ';', ')']).next()?;
            Some(version.to_owned())
        };
        // The more special come first: Edge and Opera also say Chrome, Chrome also Safari.
        let known = [
            ("Edg", "Edge"),
            ("OPR", "Opera"),
            ("Firefox", "Firefox"),
            ("HeadlessChrome", "Chrome"),
            ("Chrome", "Chrome"),
            ("Version", "Safari"),
        ];
        let browser = known
            .into_iter()
            .find_map(|(mark, name)| Some((name, version(mark)?)));
        let (browser_name, browser_version) = browser.unwrap_or_default();
        let is_mobile = agent.contains("Mobile");
        let device_type = [
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Android", "Android"),
            ("Macintosh", "Macintosh"),
            ("Windows", "Windows"),
            ("Linux", "Linux"),
        ];
        let device = device_type
            .into_iter()
            .find(|(mark, _)| agent.contains(mark));
        Activity {
            browser_name: browser_name.to_owned(),
            browser_version,
            device_type: device.map_or("", |(_, name)| name).to_owned(),
            is_mobile,
            ip_address: self.address.clone(),
        }
    }
}

/// Under this name the body of a bulk operation is kept.
const LIST: &str = "[]";

fn unreadable() -> ClerkError {
    ClerkError::bad("request_body_invalid", "The form cannot be read.")
}

/// A request's body, which must be neither too large nor too slow.
///
/// # Errors
/// 413, 408.
pub async fn whole(body: Body) -> Result<Bytes, ClerkError> {
    match tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, BODY_MAX)).await {
        Ok(read) => read.map_err(|_| too_large()),
        Err(_) => Err(ClerkError::new(
            StatusCode::REQUEST_TIMEOUT,
            "request_timeout",
            "The request body took too long.",
        )),
    }
}

/// 413
fn too_large() -> ClerkError {
    ClerkError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "request_body_too_large",
        "The request body is too large.",
    )
}

fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Where a request comes from. A proxy on this machine is believed, and nobody else.
fn client_address(headers: &HeaderMap, peer: Option<IpAddr>) -> Option<IpAddr> {
    let peer = peer?.to_canonical();
    let forwarded = header(headers, &HeaderName::from_static("x-forwarded-for"));
    let named = forwarded
        .and_then(|list| list.split(',').next()?.trim().parse().ok())
        .filter(|_| peer.is_loopback());
    Some(named.unwrap_or(peer))
}

/// A cookie of the request.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(asked, value)| *asked == name && !value.is_empty())
        .map(|(_, value)| value.to_owned())
}

/// The page's origin. Browsers leave `Origin` out of same-origin GETs, which is what calls
/// through a proxy are; `Referer` names the page then.
fn origin(headers: &HeaderMap) -> Option<String> {
    if let Some(origin) = header(headers, &ORIGIN).filter(|origin| *origin != "null") {
        return Some(origin.to_owned());
    }
    address::origin(header(headers, &REFERER)?)
}

/// clerk-js sends GET and POST only, and names any other method in the query.
pub fn real_method(mut request: Request<Body>) -> Request<Body> {
    if request.method() == Method::POST {
        let query = request.uri().query().unwrap_or_default();
        let named = form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "_method")
            .and_then(|(_, method)| method.parse::<Method>().ok());
        if let Some(method) = named
            && [Method::PATCH, Method::PUT, Method::DELETE].contains(&method)
        {
            *request.method_mut() = method;
        }
    }
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    fn activity(user_agent: &str) -> (String, String, String, bool) {
        let call = Call {
            user_agent: user_agent.to_owned(),
            ..Call::default()
        };
        let it = call.activity();
        (
            it.browser_name,
            it.browser_version,
            it.device_type,
            it.is_mobile,
        )
    }

    #[test]
    fn only_a_proxy_on_this_machine_says_where_a_request_comes_from() {
        let mut headers = HeaderMap::new();
        let list = "203.0.113.7, 10.0.0.1".parse().expect("a header");
        headers.insert("x-forwarded-for", list);
        let from = |peer: &str| {
            let peer = peer.parse().expect("an address");
            client_address(&headers, Some(peer)).map(|it| it.to_string())
        };
        assert_eq!(from("127.0.0.1").as_deref(), Some("203.0.113.7"));
        assert_eq!(from("::ffff:127.0.0.1").as_deref(), Some("203.0.113.7"));
        assert_eq!(from("192.0.2.1").as_deref(), Some("192.0.2.1"));
    }

    #[test]
    fn browsers_are_known_by_what_they_say() {
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 \
                     (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";
        assert_eq!(
            activity(phone),
            ("Safari".into(), "18.0".into(), "iPhone".into(), true)
        );
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like \
                    Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.1.2.3";
        assert_eq!(
            activity(edge),
            ("Edge".into(), "140.1.2.3".into(), "Windows".into(), false)
        );
        assert_eq!(activity("curl/8").0, "");
    }
}
