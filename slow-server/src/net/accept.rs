//! Accepts connections: as many as there are permits, and from one address only its share.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::{CONNECTION, RETRY_AFTER};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::sleep;

use crate::net::connection::Phase;
use crate::net::ip_quota::{IpQuota, QuotaPermit};
use crate::net::limits::Limits;
use crate::net::listeners::Listeners;

/// How long to wait after the machine refused another connection (out of open files,
/// say). Connections that end meanwhile make room.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(50);

/// The least time between two warnings that the machine refuses connections.
const WARN_INTERVAL: Duration = Duration::from_secs(10);

/// The most connections over their quota that are sent a 503 at once, and the share of all
/// permits that they may take; more are just closed.
const MOST_REJECTED: usize = 256;
const SHARE_REJECTED: usize = 8;

/// Time limit for sending the 503 on a connection over its quota.
pub(super) const REJECT_TIMEOUT: Duration = Duration::from_secs(1);

/// The listeners, and the permits for their connections.
#[derive(Debug)]
pub(super) struct Acceptor {
    listeners: Listeners,
    permits: Arc<Semaphore>,
    quota: IpQuota,
    reject_slots: Arc<Semaphore>,
    phase: watch::Sender<Phase>,
    // One that was accepted when no permit was free.
    waiting: Option<(TcpStream, SocketAddr)>,
    warned_at: Option<Instant>,
}

/// A connection, and its right to be open.
#[derive(Debug)]
pub(super) struct Accepted {
    pub(super) stream: TcpStream,
    pub(super) peer: SocketAddr,
    pub(super) permit: ConnectionPermit,
}

/// Returned when dropped.
#[derive(Debug)]
pub(super) struct ConnectionPermit {
    _permit: OwnedSemaphorePermit,
    /// Of what its address may have. If that has it all, the connection gets a 503, of which
    /// so many are sent at once.
    pub(super) share: Result<QuotaPermit, OwnedSemaphorePermit>,
}

impl ConnectionPermit {
    /// The first connection of an address may have all of the streams, the second half of
    /// them, the third a third: requests spread evenly over any number have room, and a
    /// thousand connections together have not a thousand times as many.
    pub(super) fn http2_streams(&self, limits: &Limits) -> u32 {
        let held = self.share.as_ref().map_or(u32::MAX, |share| share.held);
        (limits.http2_streams / held).max(1)
    }
}

impl Acceptor {
    pub(super) fn new(
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
                MOST_REJECTED.min(limits.connections.div_ceil(SHARE_REJECTED)),
            )),
            waiting: None,
            warned_at: None,
        }
    }

    /// The next connection, once there is a permit for it. Cancel safe.
    pub(super) async fn next(&mut self) -> Accepted {
        loop {
            let (stream, peer) = match self.waiting.take() {
                Some(waiting) => waiting,
                None => self.accept().await,
            };
            let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() else {
                self.announce(Phase::SheddingIdle);
                self.waiting = Some((stream, peer));
                self.permit_is_free().await;
                continue;
            };
            if self.permits.available_permits() > 0 {
                self.announce(Phase::Accepting);
            }
            let share = match self.quota.acquire(Some(peer.ip())) {
                Some(share) => Ok(share),
                None => match Arc::clone(&self.reject_slots).try_acquire_owned() {
                    Ok(slot) => Err(slot),
                    Err(_) => continue,
                },
            };
            let permit = ConnectionPermit { _permit: permit, share };
            return Accepted { stream, peer, permit };
        }
    }

    /// Takes no permit: nothing else asks for any, so a free one is still free afterwards.
    async fn permit_is_free(&self) {
        // The semaphore is never closed.
        let _ = self.permits.acquire().await;
    }

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            match self.listeners.accept().await {
                Ok(accepted) => return accepted,
                // This one is gone already, and the next one may be there.
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => self.back_off(&error).await,
            }
        }
    }

    /// The machine can give no connection for now.
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

/// What a connection over its quota gets, whatever it asks for.
pub(super) fn over_quota() -> Router {
    Router::new().fallback(async || {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            [(RETRY_AFTER, "1"), (CONNECTION, "close")],
            "Your address has as many connections open as one may have here \
             (--per-address).\r\n",
        )
    })
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
