//! One connection: which protocol it speaks, and how long it may stay.
//!
//! `axum::serve` has no time limit on a header, and hyper-util's `auto` builder leaves a
//! silent connection open and takes half as much memory again. So the first bytes are looked
//! at here, before hyper reads them: HTTP/2 begins with a preface, anything else is HTTP/1.1.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutStream;
use tower::Service as _;

use crate::net::in_flight::{InFlight, TrackedBody};
use crate::net::limits::{Limits, REQUEST_BYTES};

/// A socket whose writes time out when the client does not read.
pub type Socket = Pin<Box<TimeoutStream<TcpStream>>>;

/// How long a connection has to be idle to be closed when others wait for a permit. Clients of
/// this workspace keep an idle one for 100 ms, so they are not about to use it.
const IDLE_GRACE: Duration = Duration::from_secs(1);

/// Broadcast to all connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// There are permits: an idle connection may stay.
    Accepting,
    /// Connections wait for a permit: others close after the response in flight, or once idle
    /// for [`IDLE_GRACE`].
    SheddingIdle,
    /// The server is about to end.
    ShuttingDown,
}

/// How HTTP/2 is served.
pub trait ServeHttp2: Clone + Send + 'static {
    /// Serves one connection, to its end.
    fn serve(
        self,
        socket: Socket,
        connection: Connection,
    ) -> impl Future<Output = ()> + Send;
}

/// What serves a connection, and watches how long it may stay.
#[derive(Debug)]
pub struct Connection {
    /// The other end.
    pub peer: SocketAddr,
    /// All routes of the server.
    pub router: Router,
    /// The requests in flight on it.
    pub in_flight: InFlight,
    /// How much it may take.
    pub limits: Arc<Limits>,
    /// The most requests in flight on it over HTTP/2.
    pub http2_streams: u32,
    phase: watch::Receiver<Phase>,
}

impl Connection {
    pub(super) fn new(
        peer: SocketAddr,
        router: Router,
        limits: Arc<Limits>,
        http2_streams: u32,
        phase: watch::Receiver<Phase>,
    ) -> Self {
        let in_flight = InFlight::default();
        Self { peer, router, in_flight, limits, http2_streams, phase }
    }

    pub(super) async fn serve(mut self, stream: TcpStream, http2: impl ServeHttp2) {
        let protocol = tokio::select! {
            _ = self.phase.wait_for(|&phase| phase == Phase::ShuttingDown) => return,
            protocol = timeout(self.limits.first_byte, protocol(&stream)) => protocol,
        };
        let Ok(Ok(protocol)) = protocol else {
            tracing::debug!("closed a silent connection");
            return;
        };
        let mut socket = TimeoutStream::new(stream);
        socket.set_write_timeout(Some(self.limits.write));
        let socket = Box::pin(socket);
        // In boxes of their own, or one of HTTP/1.1 would be as large as one of HTTP/2.
        match protocol {
            Protocol::Http1 => Box::pin(self.serve_http1(socket)).await,
            Protocol::Http2 => Box::pin(http2.serve(socket, self)).await,
        }
    }

    async fn serve_http1(mut self, socket: Socket) {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.header)
            .max_buf_size(REQUEST_BYTES as usize)
            .serve_connection(TokioIo::new(socket), self.service());
        self.drive(pin!(connection), http1::Connection::graceful_shutdown).await;
    }

    /// The router, whose requests carry their [`ConnectInfo`].
    fn service(
        &self,
    ) -> impl hyper::service::Service<
        Request<Incoming>,
        Response = Response<TrackedBody>,
        Error = Infallible,
        Future: Send,
    > + use<> {
        let (peer, in_flight) = (ConnectInfo(self.peer), self.in_flight.clone());
        let router = self.router.clone();
        service_fn(move |mut request: Request<Incoming>| {
            let guard = in_flight.begin();
            request.extensions_mut().insert(peer);
            // A router is always ready.
            let response = router.clone().call(request);
            async move { Ok(response.await?.map(|body| guard.track(body))) }
        })
    }

    /// Serves a connection until the client closes it, or a limit or shutdown ends it: then it
    /// responds to the requests in flight, and accepts no more.
    pub async fn drive<C, E: fmt::Display>(
        &mut self,
        mut connection: Pin<&mut C>,
        graceful_shutdown: impl FnOnce(Pin<&mut C>),
    ) where
        C: Future<Output = Result<(), E>>,
    {
        let note_end = |ended: Result<(), E>| {
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection broke");
            }
        };
        let reason = tokio::select! {
            // Polled first, so that it has read its request before a graceful shutdown, which
            // would otherwise close it without a response.
            biased;
            ended = connection.as_mut() => return note_end(ended),
            reason = self.time_to_close() => reason,
        };
        graceful_shutdown(connection.as_mut());
        if reason == CloseReason::MakeRoom {
            return note_end(connection.await);
        }
        // What it still holds is responses that the client does not read.
        if let Ok(ended) = timeout(self.limits.write, connection).await {
            note_end(ended);
        }
    }

    async fn time_to_close(&mut self) -> CloseReason {
        let phase = tokio::select! {
            // hyper has a limit for HTTP/1.1, which is the same. In HTTP/2 a client that
            // acknowledges pings could stay open forever.
            () = self.in_flight.idle_for(self.limits.header) => return CloseReason::Idle,
            phase = self.phase.wait_for(|&phase| phase != Phase::Accepting) => {
                phase.map_or(Phase::ShuttingDown, |phase| *phase)
            }
        };
        if phase == Phase::SheddingIdle {
            // Closed just as the client sends its next request, it would not know whether that
            // was received.
            tokio::select! {
                () = self.in_flight.busy_or_idle_for(IDLE_GRACE) => {}
                _ = self.phase.wait_for(|&phase| phase == Phase::ShuttingDown) => {}
            }
        }
        CloseReason::MakeRoom
    }
}

#[derive(PartialEq, Eq)]
enum CloseReason {
    /// Others wait for a permit, or the server shuts down.
    MakeRoom,
    Idle,
}

/// HTTP/2 by hyper: the router, and a task for each request.
#[derive(Debug, Clone)]
pub(crate) struct Hyper;

impl ServeHttp2 for Hyper {
    async fn serve(self, socket: Socket, mut connection: Connection) {
        let limits = Arc::clone(&connection.limits);
        let in_flight = connection.in_flight.clone();
        let served = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(limits.header)
            .keep_alive_timeout(limits.first_byte)
            .max_concurrent_streams(connection.http2_streams)
            .max_header_list_size(REQUEST_BYTES)
            .serve_connection(TokioIo::new(socket), connection.service());
        let served = pin!(served);
        tokio::select! {
            () = connection.drive(served, http2::Connection::graceful_shutdown) => {}
            () = in_flight.unread_for(limits.write) => {
                tracing::debug!("cut a connection that does not read");
            }
        }
    }
}

enum Protocol {
    Http1,
    Http2,
}

/// Reads the first bytes without taking them. No method of HTTP/1.1 begins like the
/// preface of HTTP/2, `PRI * HTTP/2.0`.
async fn protocol(stream: &TcpStream) -> io::Result<Protocol> {
    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let mut start = [0; PREFACE.len()];
    loop {
        // Checked before the peek: if these are the last bytes, the peek sees all of them.
        let was_all = stream.ready(Interest::READABLE).await?.is_read_closed();
        let length = stream.peek(&mut start).await?;
        if start[..length] != PREFACE[..length] {
            return Ok(Protocol::Http1);
        }
        if length == PREFACE.len() {
            return Ok(Protocol::Http2);
        }
        if length == 0 || was_all {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // A peek at half a preface is ready again immediately, so give the rest time to arrive.
        sleep(Duration::from_millis(10)).await;
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    /// How long the clients of this workspace keep an idle connection.
    const KEPT_BY_CLIENTS: Duration = Duration::from_millis(100);

    #[tokio::test(start_paused = true)]
    async fn an_idle_connection_is_closed_when_no_client_of_ours_still_keeps_it() {
        let phase = watch::Sender::new(Phase::SheddingIdle);
        let peer = SocketAddr::from(([127, 0, 0, 1], 1));
        let limits = Arc::new(Limits::default());
        let mut connection =
            Connection::new(peer, Router::new(), limits, 1, phase.subscribe());
        let began = Instant::now();
        assert!(connection.time_to_close().await == CloseReason::MakeRoom);
        assert!(began.elapsed() > 5 * KEPT_BY_CLIENTS, "{:?}", began.elapsed());
    }
}
