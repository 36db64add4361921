//! What a request meets first: the URL space, and a transaction for each call.

mod backend;
mod control;
mod frontend;
mod guard;
mod npm;
mod routes;
mod serving;
mod traffic;

use std::net::SocketAddr;

use axum::ServiceExt;
use axum::extract::Request;
use tokio::net::TcpListener;
use tower::Layer;
use tower::util::MapRequestLayer;
use tower_http::normalize_path::NormalizePathLayer;

use crate::emulator::Emulator;
use crate::scope::call;

/// Serves on `listener` until `shutdown` completes.
pub async fn serve(
    emulator: Emulator,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = MapRequestLayer::new(call::real_method).layer(routes::router(emulator));
    // clerk-js ends some paths with a slash.
    let service = NormalizePathLayer::trim_trailing_slash().layer(service);
    let service = ServiceExt::<Request>::into_make_service_with_connect_info::<SocketAddr>(service);
    axum::serve(listener, service)
        .with_graceful_shutdown(shutdown)
        .await
}
