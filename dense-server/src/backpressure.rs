//! A socket that records back-pressure, and whether something was received.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use slow_server::Socket;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The socket, which h2 owns.
#[derive(Debug)]
pub(crate) struct MonitoredSocket {
    socket: Socket,
    state: Arc<Backpressure>,
}

/// The state of a socket, for the connection above h2.
#[derive(Debug, Default)]
pub(crate) struct Backpressure {
    is_blocked: AtomicBool,
    has_read: AtomicBool,
}

impl Backpressure {
    /// Whether the last write is pending: the client does not read.
    pub(crate) fn is_blocked(&self) -> bool {
        self.is_blocked.load(Ordering::Relaxed)
    }

    /// Whether something was received since the last call, be it the end.
    pub(crate) fn received_since(&self) -> bool {
        self.has_read.swap(false, Ordering::Relaxed)
    }
}

impl MonitoredSocket {
    pub(crate) fn new(socket: Socket) -> (Self, Arc<Backpressure>) {
        let state = Arc::<Backpressure>::default();
        (Self { socket, state: Arc::clone(&state) }, state)
    }
}

impl AsyncRead for MonitoredSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = self.socket.as_mut().poll_read(cx, buffer);
        if read.is_ready() {
            self.state.has_read.store(true, Ordering::Relaxed);
        }
        read
    }
}

impl AsyncWrite for MonitoredSocket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = self.socket.as_mut().poll_write_vectored(cx, parts);
        self.state.is_blocked.store(written.is_pending(), Ordering::Relaxed);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        self.socket.as_mut().poll_flush(cx)
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        self.socket.as_mut().poll_shutdown(cx)
    }
}
