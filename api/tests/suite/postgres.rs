//! The PostgreSQL of the stories.

use std::sync::OnceLock;

use test_postgres::{Durability, Server};

static SHARED: OnceLock<Server> = OnceLock::new();

/// The URL of a fresh database on the server that the stories share.
pub async fn database() -> String {
    blocking(|| {
        SHARED
            .get_or_init(|| Server::start(Durability::None))
            .database()
    })
    .await
}

/// A server of the story's own, to be stopped and started.
pub async fn server() -> Server {
    blocking(|| Server::start(Durability::None)).await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work)
        .await
        .expect("PostgreSQL works")
}
