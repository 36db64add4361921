//! Connections: accepted, bounded in number and time, ended in order.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use ipnet::IpNet;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;
use tower::ServiceExt;

use crate::client::{Client, is_in, network};
use crate::shares::{Share, Shares};

/// How long requests in flight may take after the process was told to stop.
const SHUTDOWN_MAX: Duration = Duration::from_secs(10);
/// How long a client may take to send a request's head, and may rest between two requests.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// The same for a trusted proxy, which keeps connections for whoever comes next: longer than
/// proxies let one rest, so that they let go of it first.
const PROXY_TIMEOUT: Duration = Duration::from_secs(75);
/// The largest head of a request, in bytes: a token of 8 KiB and the usual headers fit.
const HEAD_MAX: usize = 32 * 1024;
/// The most connections, if the operating system allows as many.
const CONNECTIONS_MAX: u64 = 65_536;
/// Files that are none of the clients' connections: the database, logs, the page, the Frontend
/// API.
const FILES_RESERVED: u64 = 256;
/// The pause after the operating system refused a connection.
const REFUSED_PAUSE: Duration = Duration::from_millis(100);
/// How often the log tells that connections are closed at once.
const TELL_EVERY: Duration = Duration::from_mins(1);

/// Who may connect, and how often.
#[derive(Debug)]
pub struct Admission {
    /// Proxies whose forwarding headers are believed; no limit but that for all is theirs.
    pub trusted_proxies: Vec<IpNet>,
    /// How many connections one address may have; 0: no limit but that for all.
    pub connections_address: usize,
}

/// What a connection holds until its end. It is in each request's extensions, as an [`Arc`]: a
/// connection that becomes a WebSocket goes on holding it.
#[derive(Debug)]
pub struct Held {
    _place: Share<IpAddr>,
    _counted: TaskTrackerToken,
}

/// Serves on `listener` until `shutdown` is cancelled, then lets requests in flight finish.
///
/// Each request carries its [`Client`], behind proxies that are trusted.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    admission: Admission,
    shutdown: CancellationToken,
) {
    let trusted_proxies: Arc<[IpNet]> = admission.trusted_proxies.into();
    let each = match admission.connections_address {
        0 => usize::MAX,
        each => each,
    };
    let places = Shares::new(connections_max(), each);
    let connections = TaskTracker::new();
    let (http, http_of_proxies) = (http(HEAD_TIMEOUT), http(PROXY_TIMEOUT));
    let mut told = None::<Instant>;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shutdown.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of files, or a client that went away at once.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(REFUSED_PAUSE).await;
                continue;
            }
        };
        let is_proxy = is_in(&trusted_proxies, peer.ip());
        let exempt = is_proxy || admission.connections_address == 0;
        let Some(place) = places.take((!exempt).then(|| network(peer.ip())), 1) else {
            if told.is_none_or(|told| told.elapsed() > TELL_EVERY) {
                told = Some(Instant::now());
                tracing::warn!(
                    "an address has reached its limit of connections, and more are closed at once: \
                     if it is a proxy, list it in TRUSTED_PROXIES"
                );
            }
            continue;
        };
        let _ = stream.set_nodelay(true);
        let (router, trusted_proxies) = (router.clone(), trusted_proxies.clone());
        let held = Arc::new(Held {
            _place: place,
            _counted: connections.token(),
        });
        let its = held.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(its.clone());
            let client = Client::of(peer.ip(), request.headers(), &trusted_proxies);
            request.extensions_mut().insert(client);
            router.clone().oneshot(request)
        });
        let http = if is_proxy { &http_of_proxies } else { &http };
        let connection = http.serve_connection(TokioIo::new(stream), service);
        // On the heap, or the task would have room for it twice: where it comes from, and where it is
        // pinned.
        let mut connection = Box::pin(connection.with_upgrades());
        let shutdown = shutdown.clone();
        tokio::spawn(async move {
            // It fails when the client breaks off or sends no HTTP: nothing to tell of.
            tokio::select! {
                _ = connection.as_mut() => {}
                () = shutdown.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    let _ = connection.await;
                }
            }
            drop(held);
        });
    }
    drop(listener);
    connections.close();
    let _ = tokio::time::timeout(SHUTDOWN_MAX, connections.wait()).await;
}

fn http(head_timeout: Duration) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(head_timeout)
        // hyper takes at most 100 headers by itself.
        .max_buf_size(HEAD_MAX);
    http
}

/// How many connections there may be: as many as there may be files, the limit raised as far as
/// this process may.
fn connections_max() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    let files = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    let connections = files
        .unwrap_or(CONNECTIONS_MAX)
        .saturating_sub(FILES_RESERVED)
        .clamp(1, CONNECTIONS_MAX);
    usize::try_from(connections).unwrap_or(usize::MAX)
}
