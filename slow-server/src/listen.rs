//! The loop that takes connections, and that none of them can block.
//!
//! `axum::serve` has no time limit on a header, and hyper-util's `auto` builder leaves a
//! silent connection open and costs half as much memory again. So a connection is
//! looked at here first: HTTP/2 begins with a preface, all else is HTTP/1.1. Of that, hyper
//! gets what is not plain.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::time::Duration;
use std::{fmt, io};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, Interest};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutStream;

use crate::activity::Activity;
use crate::desk::Desk;
use crate::door::{Door, Notice, Seat, Visitor, turn_away};
use crate::http1::{Leaving, Plain, Socket};
use crate::http2::{Streams, heartbeat};
use crate::limits::{Limits, REQUEST_BYTES};
use crate::listeners::Listeners;
use crate::quota::Peer;

/// How long a connection has to be idle, to be closed for the sake of others.
const A_MOMENT: Duration = Duration::from_millis(100);

/// Serves what `desk` has until `shutdown` is ready, then lets what is under way end within
/// [`Limits::drain`] and cuts the rest.
pub(crate) async fn serve(
    listeners: Listeners,
    desk: Desk,
    limits: &Limits,
    shutdown: impl Future<Output = ()>,
) {
    let notice = watch::Sender::new(Notice::Welcome);
    let mut door = Door::new(listeners, limits, notice.clone());
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);

    loop {
        let visitor = tokio::select! {
            () = &mut shutdown => break,
            Some(_) = connections.join_next() => continue,
            visitor = door.next() => visitor,
        };
        match visitor {
            Visitor::Welcome { stream, peer, seat } => {
                let connection = Connection {
                    stream,
                    peer: Peer(peer),
                    desk: desk.clone(),
                    limits: limits.clone(),
                    notice: notice.subscribe(),
                    _seat: seat,
                };
                connections.spawn(connection.serve());
            }
            Visitor::OneTooMany { stream, seat } => {
                connections.spawn(turn_away(stream, seat));
            }
        }
    }

    drop(door);
    notice.send_replace(Notice::Closing);
    let all_end = async { while connections.join_next().await.is_some() {} };
    if timeout(limits.drain, all_end).await.is_err() {
        tracing::info!("cut the connections still under way");
    }
    // Dropping the set ends every task in it.
}

struct Connection {
    stream: TcpStream,
    peer: Peer,
    desk: Desk,
    limits: Limits,
    notice: watch::Receiver<Notice>,
    _seat: Seat,
}

impl Connection {
    async fn serve(mut self) {
        let first_byte = timeout(self.limits.first_byte, protocol(&self.stream));
        let protocol = tokio::select! {
            _ = self.notice.wait_for(|&notice| notice == Notice::Closing) => return,
            protocol = first_byte => protocol,
        };
        let Ok(Ok(protocol)) = protocol else {
            tracing::debug!("closed a connection that said nothing");
            return;
        };
        let mut stream = TimeoutStream::new(self.stream);
        stream.set_write_timeout(Some(self.limits.write));
        let stream = Box::pin(stream);
        let activity = Activity::default();
        let (desk, peer, limits) = (self.desk, self.peer, self.limits);
        let mut host = Host { activity, notice: self.notice, limits };
        // Each in a box of its own, or a connection of the one would be as large as of the
        // other.
        match protocol {
            Protocol::Http1 => Box::pin(host.serve_plain(stream, desk, peer)).await,
            Protocol::Http2 => Box::pin(host.serve_http2(stream, desk, peer)).await,
        }
    }
}

/// Sees to it that a connection leaves in time, and politely.
struct Host {
    activity: Activity,
    notice: watch::Receiver<Notice>,
    limits: Limits,
}

/// Why a connection is asked to leave.
#[derive(PartialEq, Eq)]
enum Leave {
    /// Others wait, or the server ends.
    Room,
    /// It does nothing.
    Idle,
}

impl Host {
    /// Serves HTTP/1.1 as long as it is plain, and then as it comes.
    async fn serve_plain(&mut self, stream: Socket, desk: Desk, peer: Peer) {
        let leaving = Leaving::default();
        let plain = Plain {
            stream,
            desk: desk.clone(),
            peer,
            activity: self.activity.clone(),
        };
        let connection = pin!(plain.serve(&leaving));
        let rest = self.attend(connection, |_| leaving.ask()).await;
        if let Some(stream) = rest.flatten() {
            Box::pin(self.serve_http1(stream, desk, peer)).await;
        }
    }

    async fn serve_http1(
        &mut self,
        stream: impl AsyncRead + AsyncWrite + Unpin,
        desk: Desk,
        peer: Peer,
    ) {
        let activity = self.activity.clone();
        let service = service_fn(move |request| {
            let under_way = activity.begin();
            let response = desk.answer(request, &activity, peer);
            async move {
                let response = response.await;
                drop(under_way);
                Ok::<_, Infallible>(response)
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.header)
            .max_buf_size(REQUEST_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        self.attend(connection.as_mut(), http1::Connection::graceful_shutdown).await;
    }

    async fn serve_http2(
        &mut self,
        stream: impl AsyncRead + AsyncWrite + Unpin,
        desk: Desk,
        peer: Peer,
    ) {
        let activity = self.activity.clone();
        let limits = self.limits.clone();
        let streams = Streams::begin(stream, desk, peer, activity, &limits).await;
        let Ok(mut streams) = streams.map(Box::pin) else { return };
        let heartbeat = heartbeat(streams.ping_pong(), &limits);
        let attended = self
            .attend(streams.as_mut(), |streams| streams.get_mut().ask_to_leave());
        tokio::select! {
            _ = attended => {}
            () = heartbeat => tracing::debug!("a connection is dead"),
        }
    }

    /// Serves a connection until its client leaves or has to. Then what is under way is
    /// answered, and nothing more. What it comes to in the end; `None` if it breaks, or
    /// takes too long to leave.
    async fn attend<C, T, E: fmt::Display>(
        &mut self,
        mut connection: Pin<&mut C>,
        ask_to_leave: impl FnOnce(Pin<&mut C>),
    ) -> Option<T>
    where
        C: Future<Output = Result<T, E>>,
    {
        let leave = tokio::select! {
            // It reads its request before it heeds the notice: told to leave earlier than
            // that, it would leave without an answer.
            biased;
            ended = connection.as_mut() => return note_end(ended),
            leave = self.time_to_leave() => leave,
        };
        ask_to_leave(connection.as_mut());
        if leave == Leave::Room {
            return note_end(connection.await);
        }
        // What it still holds are answers that it does not take.
        let ended = timeout(self.limits.write, connection).await;
        ended.ok().and_then(note_end)
    }

    async fn time_to_leave(&mut self) -> Leave {
        let notice = tokio::select! {
            // The library has a limit for HTTP/1.1, which is the same. In HTTP/2 a client
            // that answers pings could stay for ever.
            () = self.activity.idle_for(self.limits.header) => return Leave::Idle,
            notice = self.notice.wait_for(|&notice| notice != Notice::Welcome) => {
                notice.map_or(Notice::Closing, |notice| *notice)
            }
        };
        if notice == Notice::Crowded {
            // A client may be about to send its next request: closed just then, it would
            // not know whether that was received.
            tokio::select! {
                () = self.activity.busy_or_idle_for(A_MOMENT) => {}
                _ = self.notice.wait_for(|&notice| notice == Notice::Closing) => {}
            }
        }
        Leave::Room
    }
}

fn note_end<T, E: fmt::Display>(ended: Result<T, E>) -> Option<T> {
    ended.inspect_err(|error| tracing::debug!(%error, "a connection broke")).ok()
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
        // Asked before the peek: if this was all that comes, the peek sees all of it.
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
        // A peek at half a preface is ready again at once, so give the rest time to come.
        sleep(Duration::from_millis(10)).await;
    }
}
