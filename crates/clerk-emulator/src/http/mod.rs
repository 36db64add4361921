//! What a request meets first: the URL space, and a transaction for each call.

mod backend;
mod connections;
mod control;
mod frontend;
mod guard;
mod npm;
mod routes;
mod serving;
mod traffic;

use tokio::net::TcpListener;
use tower::Layer;
use tower::util::MapRequestLayer;
use tower_http::normalize_path::NormalizePathLayer;

use crate::emulator::Emulator;
use crate::scope::call;

/// Serves on `listener` until `shutdown` completes.
pub async fn serve(emulator: Emulator, listener: TcpListener, shutdown: impl Future<Output = ()>) {
    let service = MapRequestLayer::new(call::real_method).layer(routes::router(emulator));
    // clerk-js ends some paths with a slash.
    let service = NormalizePathLayer::trim_trailing_slash().layer(service);
    connections::serve(listener, service, shutdown).await;
}
