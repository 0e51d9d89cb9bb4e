//! A server on its sockets.

use std::sync::Arc;

use crate::config::Config;
use crate::live::feed::SnapshotFeed;
use crate::net::accept;
use crate::net::connection::{Hyper, ServeHttp2};
use crate::net::listeners::Listeners;
use crate::routes::routes;
use crate::server::Server;

/// Serves on one listener or several until `shutdown` is ready, and then at most
/// [`Limits::drain`](crate::Limits::drain) longer, whatever is open.
pub async fn serve(
    listeners: impl Into<Listeners>,
    config: Config,
    shutdown: impl Future<Output = ()>,
) {
    serve_with(listeners.into(), Server::new(config), Hyper, shutdown).await;
}

/// As [`serve`], but with an implementation of HTTP/2 of one's own. HTTP/1.1 and all routes
/// stay those of `server`.
pub async fn serve_with(
    listeners: Listeners,
    server: Arc<Server>,
    http2: impl ServeHttp2,
    shutdown: impl Future<Output = ()>,
) {
    server.set_addresses(listeners.addresses().unwrap_or_default());
    let feed = SnapshotFeed::new(&server);
    let router = routes(&server, &feed);
    let limits = server.config.limits.clone();
    let shutdown = async move {
        shutdown.await;
        // Event streams do not end by themselves, and would keep their connections open.
        feed.close();
    };
    accept::accept_until(shutdown, listeners, router, http2, limits).await;
}
