//! Who comes in: as many connections as there are seats, and from one address only its
//! share of them.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

use crate::limits::Limits;
use crate::listeners::Listeners;
use crate::quota::{Place, Quota};

/// How long to wait after the machine refused another connection (out of open files,
/// say). Connections that end meanwhile make room.
const PAUSE: Duration = Duration::from_millis(50);

/// How long it is not said again that the machine gives no connection.
const SILENCE: Duration = Duration::from_secs(10);

/// The most connections that are being told at once that they are one too many, and the
/// part of all seats that they may take; beyond that they are just closed.
const MOST_TOLD: usize = 256;
const SHARE_TOLD: usize = 8;

/// How long a connection that is one too many may take to ask and to hear that it is.
const TELLING: Duration = Duration::from_secs(1);

/// The listeners, and the seats behind them.
#[derive(Debug)]
pub(crate) struct Door {
    listeners: Listeners,
    seats: Arc<Semaphore>,
    quota: Option<Quota>,
    told: Arc<Semaphore>,
    notice: watch::Sender<Notice>,
    // One that was accepted when no seat was free.
    waiting: Option<(TcpStream, SocketAddr)>,
    // When it was last said that the machine gives no connection.
    warned: Option<Instant>,
}

/// What all connections are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notice {
    /// There is room: they may stay for the next request.
    Welcome,
    /// Others wait for a seat: they are to leave after the answer that they wait for, and
    /// soon if they wait for none. Else the idle ones would keep the others out until
    /// their time is over.
    Crowded,
    /// The server is about to end.
    Closing,
}

/// The right of one connection to be open; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    _seat: OwnedSemaphorePermit,
    // None where its address is not bounded.
    _place: Option<Place>,
}

/// Who comes in next.
#[derive(Debug)]
pub(crate) enum Visitor {
    /// A connection to be served.
    Welcome { stream: TcpStream, peer: SocketAddr, seat: Seat },
    /// One more than its address may have, to be told so.
    OneTooMany { stream: TcpStream, seat: [OwnedSemaphorePermit; 2] },
}

impl Door {
    pub(crate) fn new(
        listeners: Listeners,
        limits: &Limits,
        notice: watch::Sender<Notice>,
    ) -> Self {
        Self {
            listeners,
            notice,
            seats: Arc::new(Semaphore::new(limits.connections)),
            quota: limits.per_address.map(Quota::new),
            told: Arc::new(Semaphore::new(
                MOST_TOLD.min(limits.connections.div_ceil(SHARE_TOLD)),
            )),
            waiting: None,
            warned: None,
        }
    }

    /// The next connection, once there is a seat for it. It is safe to drop this half-way.
    pub(crate) async fn next(&mut self) -> Visitor {
        loop {
            let (stream, peer) = match self.waiting.take() {
                Some(waiting) => waiting,
                None => self.accept().await,
            };
            let Ok(seat) = Arc::clone(&self.seats).try_acquire_owned() else {
                self.tell(Notice::Crowded);
                self.waiting = Some((stream, peer));
                self.seat_is_free().await;
                continue;
            };
            if self.seats.available_permits() > 0 {
                self.tell(Notice::Welcome);
            }
            let place = match &self.quota {
                Some(quota) => quota.take(peer.ip()).map(Some),
                None => Some(None),
            };
            if let Some(place) = place {
                let seat = Seat { _seat: seat, _place: place };
                return Visitor::Welcome { stream, peer, seat };
            }
            tracing::debug!(%peer, "one connection too many from there");
            if let Ok(told) = Arc::clone(&self.told).try_acquire_owned() {
                return Visitor::OneTooMany { stream, seat: [seat, told] };
            }
        }
    }

    /// Takes no seat: only this asks for any, so a free one is still free afterwards.
    async fn seat_is_free(&self) {
        // The semaphore is never closed.
        let _ = self.seats.acquire().await;
    }

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            match self.listeners.accept().await {
                Ok(accepted) => return accepted,
                // This one is gone already, and the next one may be there.
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => self.wait_for_files(&error).await,
            }
        }
    }

    /// The machine can give no connection for now.
    async fn wait_for_files(&mut self, error: &io::Error) {
        if self.warned.is_none_or(|warned| warned.elapsed() > SILENCE) {
            tracing::warn!(%error, "cannot accept more connections for now; trying again");
            self.warned = Some(Instant::now());
        }
        self.tell(Notice::Crowded);
        sleep(PAUSE).await;
    }

    fn tell(&self, notice: Notice) {
        self.notice
            .send_if_modified(|told| std::mem::replace(told, notice) != notice);
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

const ONE_TOO_MANY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
    content-type: text/plain\r\n\
    content-length: 81\r\n\
    retry-after: 1\r\n\
    connection: close\r\n\
    \r\n\
    Your address has as many connections open as one may have here (--per-address).\r\n";

/// Answers 503 to whatever is asked, and closes.
pub(crate) async fn turn_away(
    mut stream: TcpStream,
    _seat: [OwnedSemaphorePermit; 2],
) {
    let told = async {
        let mut asked = [0; 1024];
        if stream.read(&mut asked).await? == 0 {
            return Ok(());
        }
        stream.write_all(ONE_TOO_MANY).await?;
        stream.shutdown().await?;
        // Closed with bytes of the client's unread, the connection would be reset, and
        // the answer could be lost.
        while stream.read(&mut asked).await? > 0 {}
        io::Result::Ok(())
    };
    // Who does not ask in time, or does not listen, is not told.
    let _ = timeout(TELLING, told).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_as_long_as_it_says() {
        let text = std::str::from_utf8(ONE_TOO_MANY).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            head.contains(&format!("content-length: {}\r\n", body.len())),
            "{}",
            body.len()
        );
    }

    #[test]
    fn a_connection_that_is_gone_is_not_a_shortage() {
        let aborted = io::Error::from(io::ErrorKind::ConnectionAborted);
        assert!(is_of_one_connection(&aborted));
        assert!(!is_of_one_connection(&io::Error::other("too many open files")));
    }
}
