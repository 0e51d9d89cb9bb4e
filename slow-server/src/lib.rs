//! A page that takes three seconds, and a count of everyone who waited for it.
//!
//! The server is a value: [`app`] is its routes, to be called without a socket, and
//! [`serve`] takes the listener and the shutdown that it is given.

mod background;
mod config;
mod control;
mod hold;
mod limits;
mod listen;
mod schedule;
mod slow;
mod stats;

use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, Uri};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tower_http::limit::RequestBodyLimitLayer;

pub use background::Background;
pub use config::{Config, WhenFull, duration};
pub use hold::Hold;
pub use limits::{Limits, backlog, raise_open_files};
pub use listen::bind;
pub use schedule::{Schedule, Turn};
pub use slow::Slow;
pub use stats::{Counts, Event, EventKind, Stats};

/// All routes of a server that behaves as `config` says.
pub fn app(config: Config) -> Router {
    routes(Slow::new(config))
}

/// Serves on `listener` until `shutdown` is ready, and then at most
/// [`Limits::drain`] longer, whatever is open.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    shutdown: impl Future<Output = ()>,
) {
    serve_slow(listener, Slow::new(config), shutdown).await;
}

async fn serve_slow(
    listener: TcpListener,
    slow: Arc<Slow>,
    shutdown: impl Future<Output = ()>,
) {
    let limits = slow.config().limits.clone();
    listen::serve(listener, routes(slow), &limits, shutdown).await;
}

fn routes(slow: Arc<Slow>) -> Router {
    Router::new()
        .route("/", get(slow::answer))
        .route("/healthz", get(control::health))
        .route("/metrics", get(control::metrics))
        .route("/api/stats", get(control::stats))
        .route("/api/stats/reset", post(control::reset))
        .route("/api/schedule", get(control::schedule))
        .fallback(not_found)
        .layer(RequestBodyLimitLayer::new(limits::REQUEST_BYTES))
        .with_state(slow)
}

async fn not_found(uri: Uri) -> (StatusCode, String) {
    (StatusCode::NOT_FOUND, format!("There is no page at {}. Try /.\n", uri.path()))
}
