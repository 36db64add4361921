//! The Frontend API proxy: passes requests below one path to one upstream
//! (<https://clerk.com/docs/guides/dashboard/dns-domains/proxy-fapi>).

mod error;
mod headers;
mod origin;
mod paths;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::header::{AUTHORIZATION, HeaderName};
use axum::http::{Extensions, HeaderMap, HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use futures_util::Stream;
use futures_util::stream::try_unfold;
use url::Url;

use crate::body::{Budget, Permit, read_body};
use crate::secret::Secret;
use crate::settings::Settings;
pub use error::ProxyError;
use origin::{FORWARDED_HOST, without_scheme};

/// How long a connection to the Frontend API may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the Frontend API may be silent in the middle of an answer.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// How many connections to it are kept for the next request.
const IDLE_MAX: usize = 32;
/// The largest request, in bytes: a picture of 10 MB, as Clerk takes it, and its form.
const REQUEST_MAX: usize = 11 * 1024 * 1024;
/// How long a client may take to send one.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(1);
/// The largest answer, in bytes: many times the largest of Clerk's scripts.
const ANSWER_MAX: u64 = 32 * 1024 * 1024;
/// How long the upstream may take for a whole answer, and the client to read it.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(1);

/// Finds the client's address in a request's extensions.
type FindClient = dyn Fn(&Extensions) -> Option<IpAddr> + Send + Sync;

/// A proxy for the Frontend API, so that the page needs no other host than its own. Clones share
/// its connections.
///
/// Only paths of the Frontend API pass, exactly as they are written, by GET and POST; no secret
/// key does. It says by one of its own origins which proxy it is, and nothing of that comes from
/// the client but its address.
///
/// ```
/// use axum::Router;
/// use clerk_axum::Settings;
/// use clerk_axum::proxy::FrontendApiProxy;
///
/// # fn router(settings: &Settings) -> Result<Router, clerk_axum::SetupError> {
/// let mut router = Router::new();
/// if let Some(proxy) = FrontendApiProxy::from_settings(settings)? {
///     router = router.nest(proxy.path(), proxy.router());
/// }
/// # Ok(router)
/// # }
/// ```
#[derive(Clone)]
pub struct FrontendApiProxy {
    path: Arc<str>,
    upstream: Url,
    secret_key: Option<Secret>,
    origins: Arc<[String]>,
    http: reqwest::Client,
    bodies: Budget,
    exchanges: Budget,
    client: Arc<FindClient>,
    refuse: fn(ProxyError) -> Response,
}

impl fmt::Debug for FrontendApiProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrontendApiProxy")
            .field("path", &self.path)
            .field("upstream", &self.upstream.as_str())
            .finish_non_exhaustive()
    }
}

impl FrontendApiProxy {
    /// A proxy below this path of the server, such as `/__clerk`, to this upstream. Budgets are
    /// without bound, the client is whom axum's `ConnectInfo` names.
    ///
    /// # Errors
    /// When the HTTP client cannot be set up.
    pub fn new(path: &str, upstream: Url) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .pool_max_idle_per_host(IDLE_MAX)
            // Another crate of the app may have switched them on, for every client.
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd()
            .build()?;
        Ok(Self {
            path: path.into(),
            upstream,
            secret_key: None,
            origins: Arc::default(),
            http,
            bodies: Budget::default(),
            exchanges: Budget::default(),
            client: Arc::new(connected),
            refuse: IntoResponse::into_response,
        })
    }

    /// The proxy that the settings ask for: none unless `CLERK_PROXY_URL` is a path.
    ///
    /// # Errors
    /// When the HTTP client cannot be set up.
    pub fn from_settings(settings: &Settings) -> Result<Option<Self>, reqwest::Error> {
        let Some(path) = settings.proxy_path() else {
            return Ok(None);
        };
        let mut proxy = Self::new(path, settings.upstream.clone())?;
        proxy.secret_key.clone_from(&settings.secret_key);
        proxy.origins = settings.tokens.parties.origins.clone().into();
        Ok(Some(proxy))
    }

    /// With Clerk's secret key, by which Clerk knows the proxy.
    #[must_use]
    pub fn secret_key(mut self, key: Secret) -> Self {
        self.secret_key = Some(key);
        self
    }

    /// With the page's origins, by which it calls itself: the one that a request names, or the
    /// first.
    #[must_use]
    pub fn origins(mut self, origins: Vec<String>) -> Self {
        self.origins = origins.into();
        self
    }

    /// With a budget for the bytes of bodies in memory.
    #[must_use]
    pub fn bodies(mut self, budget: Budget) -> Self {
        self.bodies = budget;
        self
    }

    /// With a budget for exchanges with the Frontend API, one for each request that is passed on
    /// until its answer ends.
    #[must_use]
    pub fn exchanges(mut self, budget: Budget) -> Self {
        self.exchanges = budget;
        self
    }

    /// With another way to find the client's address, as behind a reverse proxy.
    #[must_use]
    pub fn client_address(
        mut self,
        find: impl Fn(&Extensions) -> Option<IpAddr> + Send + Sync + 'static,
    ) -> Self {
        self.client = Arc::new(find);
        self
    }

    /// Answers refusals in the app's own way.
    #[must_use]
    pub fn refuse_with(mut self, refuse: fn(ProxyError) -> Response) -> Self {
        self.refuse = refuse;
        self
    }

    /// The path below which it is to be nested.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The proxy as a router, to be nested below [`FrontendApiProxy::path`].
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        // The only methods clerk-js sends.
        let methods = MethodFilter::GET.or(MethodFilter::POST);
        let refuse = self.refuse;
        let proxy = self.clone();
        let handler = move |request: Request| async move {
            let answer = proxy.forward(request).await;
            answer.unwrap_or_else(refuse)
        };
        Router::new()
            .route("/{*path}", on(methods, handler))
            .method_not_allowed_fallback(
                move || async move { refuse(ProxyError::MethodNotAllowed) },
            )
    }

    async fn forward(&self, request: Request) -> Result<Response, ProxyError> {
        // `nest` took the proxy's own path away.
        let url = paths::onward(&self.upstream, request.uri()).ok_or(ProxyError::NotFrontendApi)?;
        let mut headers = headers::passed(request.headers());
        // A secret key opens the Backend API, which is not here.
        if headers
            .get_all(AUTHORIZATION)
            .iter()
            .any(headers::has_secret_key)
        {
            return Err(ProxyError::NotFrontendApi);
        }
        self.introduce(&request, &mut headers)?;
        let method = request.method().clone();
        let extensions = request.extensions().clone();
        // Only a POST has a body that counts. It is read before the upstream is asked, which need
        // not wait for the client then.
        let (body, permit) = if method == Method::POST {
            let body = read_body(request, REQUEST_MAX, REQUEST_TIMEOUT, &self.bodies).await?;
            let (bytes, permit) = body.into_parts();
            (Some(bytes), Some(permit))
        } else {
            (None, None)
        };
        let exchange = self.exchanges.take(&extensions, 1);
        let exchange = exchange.ok_or(ProxyError::Busy)?;
        let mut onward = self.http.request(method, url).headers(headers);
        if let Some(body) = body {
            onward = onward.body(body);
        }
        let answer = onward.timeout(ANSWER_TIMEOUT).send().await;
        let answer = answer.map_err(|_| ProxyError::BadGateway)?;
        drop(permit);
        if answer.content_length().is_some_and(|it| it > ANSWER_MAX) {
            return Err(ProxyError::BadGateway);
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = answer.status();
        *response.headers_mut() = headers::returned(answer.headers());
        *response.body_mut() = Body::from_stream(bounded(answer, exchange));
        Ok(response)
    }

    /// Says who asks, and through which proxy.
    fn introduce(&self, request: &Request, headers: &mut HeaderMap) -> Result<(), ProxyError> {
        let value = |text: &str| HeaderValue::from_str(text).map_err(|_| ProxyError::BadGateway);
        if let Some(address) = (self.client)(request.extensions()) {
            headers.insert(
                HeaderName::from_static("x-forwarded-for"),
                value(&address.to_string())?,
            );
        }
        if let Some(secret) = &self.secret_key {
            let mut secret = value(secret.expose())?;
            secret.set_sensitive(true);
            headers.insert(HeaderName::from_static("clerk-secret-key"), secret);
        }
        if let Some(origin) = origin::named(&self.origins, request.headers()) {
            headers.insert(
                HeaderName::from_static("clerk-proxy-url"),
                value(&format!("{origin}{}", self.path))?,
            );
            headers.insert(FORWARDED_HOST, value(without_scheme(origin))?);
        }
        Ok(())
    }
}

/// The client that axum's connection information names.
fn connected(extensions: &Extensions) -> Option<IpAddr> {
    let ConnectInfo(address) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(address.ip().to_canonical())
}

/// The answer's body, broken off when it is larger than any; `held` is kept until it ends.
fn bounded(answer: reqwest::Response, held: Permit) -> impl Stream<Item = std::io::Result<Bytes>> {
    try_unfold(
        (answer, held, ANSWER_MAX),
        async |(mut answer, held, left)| {
            let chunk = answer.chunk().await.map_err(std::io::Error::other)?;
            let Some(chunk) = chunk else {
                return Ok(None);
            };
            let length = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
            let left = left
                .checked_sub(length)
                .ok_or_else(|| std::io::Error::other("the answer is too large"))?;
            Ok(Some((chunk, (answer, held, left))))
        },
    )
}
