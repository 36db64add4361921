//! Connections: accepted, bounded in number and time, ended in order.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use ipnet::IpNet;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::client::Client;

/// How long requests in flight may take after the process was told to stop.
const SHUTDOWN_MAX: Duration = Duration::from_secs(10);
/// How long a client may take to send a request's head, and may rest between two requests.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// The largest head of a request, in bytes: a token of 8 KiB and the usual headers fit.
const HEAD_MAX: usize = 32 * 1024;
/// The most connections, if the operating system allows as many.
const CONNECTIONS_MAX: u64 = 65_536;
/// Files that are none of the clients' connections: the database, logs, the page.
const FILES_RESERVED: u64 = 128;
/// The pause after the operating system refused a connection.
const REFUSED_PAUSE: Duration = Duration::from_millis(100);

/// Serves on `listener` until `shutdown` is cancelled, then lets requests in flight finish.
///
/// Each request carries its [`Client`], behind proxies that are trusted.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    trusted_proxies: &[IpNet],
    shutdown: CancellationToken,
) {
    let trusted_proxies: Arc<[IpNet]> = trusted_proxies.into();
    let room = Arc::new(Semaphore::new(connections()));
    let graceful = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        // hyper takes at most 100 headers by itself.
        .max_buf_size(HEAD_MAX);
    loop {
        let accept = async {
            let place = room.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            accepted = accept => accepted,
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
        let _ = stream.set_nodelay(true);
        let (router, trusted_proxies) = (router.clone(), trusted_proxies.clone());
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            let client = Client::of(peer.ip(), request.headers(), &trusted_proxies);
            request.extensions_mut().insert(client);
            router.clone().oneshot(request)
        });
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // It fails when the client breaks off or sends no HTTP: nothing to tell of.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(SHUTDOWN_MAX, graceful.shutdown()).await;
}

/// How many connections there may be: as many as there may be files, the limit raised as far as
/// this process may.
fn connections() -> usize {
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
