//! Accepts connections: as many as there are permits, and no more than its quota per address.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::{CONNECTION, RETRY_AFTER};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::net::connection::{Connection, Hyper, Phase, ServeHttp2};
use crate::net::ip_quota::{IpQuota, QuotaPermit};
use crate::net::limits::Limits;
use crate::net::listeners::Listeners;

/// How long to wait after `accept` failed for want of resources, such as open files, which
/// connections that end meanwhile free.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(50);

/// The least time between two warnings that `accept` fails.
const WARN_INTERVAL: Duration = Duration::from_secs(10);

/// The most connections over their quota that are sent a 503 at a time, which are at most one
/// in eight of all; more are just closed.
const MOST_REJECTED: usize = 256;
const LEAST_CONNECTIONS_PER_REJECTED: usize = 8;

/// Time limit for sending the 503 on a connection over its quota.
const REJECT_TIMEOUT: Duration = Duration::from_secs(1);

/// Serves `router`, and over HTTP/2 `http2`, until `shutdown` is ready; then lets what is in
/// flight finish within [`Limits::drain`] and closes the rest.
pub(crate) async fn accept_until(
    shutdown: impl Future<Output = ()>,
    listeners: Listeners,
    router: Router,
    http2: impl ServeHttp2,
    limits: Limits,
) {
    let limits = Arc::new(limits);
    let phase = watch::Sender::new(Phase::Accepting);
    let mut acceptor = Acceptor::new(listeners, &limits, phase.clone());
    let over_quota = over_quota();
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);

    loop {
        let (stream, peer, permit) = tokio::select! {
            () = &mut shutdown => break,
            Some(_) = connections.join_next() => continue,
            accepted = acceptor.next() => accepted,
        };
        let connection = |router: &Router, http2_streams| {
            let (limits, phase) = (Arc::clone(&limits), phase.subscribe());
            Connection::new(peer, router.clone(), limits, http2_streams, phase)
        };
        match permit.admission {
            Admission::Admitted(quota) => {
                let streams = http2_streams(&limits, quota.held);
                let served =
                    connection(&router, streams).serve(stream, http2.clone());
                connections.spawn(async move {
                    served.await;
                    drop((quota, permit.permit));
                });
            }
            Admission::OverQuota(slot) => {
                tracing::debug!(%peer, "over its quota of connections");
                let rejected = connection(&over_quota, 1).serve(stream, Hyper);
                connections.spawn(async move {
                    // A client too slow to read the 503 is just disconnected.
                    let _ = timeout(REJECT_TIMEOUT, rejected).await;
                    drop((slot, permit.permit));
                });
            }
        }
    }

    drop(acceptor);
    phase.send_replace(Phase::ShuttingDown);
    let all_end = async { while connections.join_next().await.is_some() {} };
    if timeout(limits.drain, all_end).await.is_err() {
        tracing::info!("closed the connections that were still in flight");
    }
    // Dropping the set ends every task in it.
}

/// What a connection over its quota gets, whatever it asks for.
fn over_quota() -> Router {
    Router::new().fallback(async || {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            [(RETRY_AFTER, "1"), (CONNECTION, "close")],
            "Your address has as many connections open as one may have here \
             (--per-address).\r\n",
        )
    })
}

/// The streams of a connection that is number `held` of its address. The first may have all,
/// the second half of what the address may have, the third a third: requests that are spread
/// evenly have room, and a thousand connections not a thousand times as much.
fn http2_streams(limits: &Limits, held: u32) -> u32 {
    let Some(per_address) = limits.per_address else { return limits.http2_streams };
    let most = u32::try_from(per_address.get()).unwrap_or(u32::MAX);
    most.max(limits.http2_streams).div_ceil(held).min(limits.http2_streams)
}

/// The listeners, and the permits for their connections.
#[derive(Debug)]
struct Acceptor {
    listeners: Listeners,
    permits: Arc<Semaphore>,
    quota: IpQuota,
    reject_slots: Arc<Semaphore>,
    phase: watch::Sender<Phase>,
    // Accepted when no permit was free.
    pending: Option<(TcpStream, SocketAddr)>,
    warned_at: Option<Instant>,
}

/// The right of a connection to be open; returned when dropped.
#[derive(Debug)]
struct ConnectionPermit {
    permit: OwnedSemaphorePermit,
    admission: Admission,
}

/// Whether its address may have one more connection.
#[derive(Debug)]
enum Admission {
    Admitted(QuotaPermit),
    /// It has all that it may have: the connection gets a 503, with one of `reject_slots`.
    OverQuota(OwnedSemaphorePermit),
}

impl Acceptor {
    fn new(
        listeners: Listeners,
        limits: &Limits,
        phase: watch::Sender<Phase>,
    ) -> Self {
        Self {
            listeners,
            phase,
            permits: Arc::new(Semaphore::new(limits.connections)),
            quota: IpQuota::new(limits.per_address),
            reject_slots: Arc::new(Semaphore::new(
                MOST_REJECTED.min(
                    limits.connections.div_ceil(LEAST_CONNECTIONS_PER_REJECTED),
                ),
            )),
            pending: None,
            warned_at: None,
        }
    }

    /// The next connection, once there is a permit for it. Cancel safe.
    async fn next(&mut self) -> (TcpStream, SocketAddr, ConnectionPermit) {
        loop {
            let (stream, peer) = match self.pending.take() {
                Some(pending) => pending,
                None => self.accept().await,
            };
            let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() else {
                self.announce(Phase::SheddingIdle);
                self.pending = Some((stream, peer));
                self.permit_is_free().await;
                continue;
            };
            if self.permits.available_permits() > 0 {
                self.announce(Phase::Accepting);
            }
            let admission = match self.quota.acquire(Some(peer.ip())) {
                Some(quota) => Admission::Admitted(quota),
                None => match Arc::clone(&self.reject_slots).try_acquire_owned() {
                    Ok(slot) => Admission::OverQuota(slot),
                    Err(_) => continue,
                },
            };
            return (stream, peer, ConnectionPermit { permit, admission });
        }
    }

    /// Takes no permit: this is the semaphore's only user, so a free one is still free afterwards.
    async fn permit_is_free(&self) {
        // The semaphore is never closed.
        let _ = self.permits.acquire().await;
    }

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            match self.listeners.accept().await {
                Ok(accepted) => return accepted,
                // The client has disconnected; the next connection may be fine.
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => self.back_off(&error).await,
            }
        }
    }

    /// There are no resources for another connection now.
    async fn back_off(&mut self, error: &io::Error) {
        if self.warned_at.is_none_or(|warned_at| warned_at.elapsed() > WARN_INTERVAL)
        {
            tracing::warn!(%error, "cannot accept more connections for now; trying again");
            self.warned_at = Some(Instant::now());
        }
        self.announce(Phase::SheddingIdle);
        sleep(ACCEPT_BACKOFF).await;
    }

    fn announce(&self, phase: Phase) {
        self.phase.send_if_modified(|now| std::mem::replace(now, phase) != phase);
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_is_gone_is_not_a_shortage() {
        let aborted = io::Error::from(io::ErrorKind::ConnectionAborted);
        assert!(is_of_one_connection(&aborted));
        assert!(!is_of_one_connection(&io::Error::other("too many open files")));
    }
}
