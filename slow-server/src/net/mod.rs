//! Sockets: from the listener to the connections that hyper serves.

mod accept;
pub(crate) mod connection;
pub(crate) mod in_flight;
pub(crate) mod ip_quota;
pub(crate) mod lan;
pub(crate) mod limits;
pub(crate) mod listen_args;
pub(crate) mod listeners;

use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::net::accept::{Accepted, Acceptor, REJECT_TIMEOUT, over_quota};
use crate::net::connection::{Connection, Http2, Hyper, Phase};
use crate::net::limits::Limits;
use crate::net::listeners::Listeners;

/// Serves `router`, and over HTTP/2 `http2`, until `shutdown` is ready; then lets what is in
/// flight finish within [`Limits::drain`] and closes the rest.
pub(crate) async fn serve(
    listeners: Listeners,
    router: Router,
    http2: impl Http2,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) {
    let limits = Arc::new(limits);
    let phase = watch::Sender::new(Phase::Accepting);
    let mut acceptor = Acceptor::new(listeners, &limits, phase.clone());
    let over_quota = over_quota();
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);

    loop {
        let Accepted { stream, peer, permit } = tokio::select! {
            () = &mut shutdown => break,
            Some(_) = connections.join_next() => continue,
            accepted = acceptor.next() => accepted,
        };
        let is_admitted = permit.share.is_ok();
        let connection = Connection::new(
            peer,
            if is_admitted { router.clone() } else { over_quota.clone() },
            Arc::clone(&limits),
            permit.http2_streams(&limits),
            phase.subscribe(),
        );
        let http2 = http2.clone();
        connections.spawn(async move {
            if is_admitted {
                connection.serve(stream, http2).await;
            } else {
                // A client too slow to read the 503 is just disconnected.
                let rejected = connection.serve(stream, Hyper);
                let _ = timeout(REJECT_TIMEOUT, rejected).await;
            }
            drop(permit);
        });
    }

    drop(acceptor);
    phase.send_replace(Phase::ShuttingDown);
    let all_end = async { while connections.join_next().await.is_some() {} };
    if timeout(limits.drain, all_end).await.is_err() {
        tracing::info!("cut the connections still under way");
    }
    // Dropping the set ends every task in it.
}
