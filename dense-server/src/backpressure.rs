//! A socket that says whether the other end reads, and whether it sent something.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use slow_server::Socket;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The socket, which h2 owns.
#[derive(Debug)]
pub(crate) struct Watched {
    socket: Socket,
    seen: Arc<Backpressure>,
}

/// What was seen of the socket.
#[derive(Debug, Default)]
pub(crate) struct Backpressure {
    is_blocked: AtomicBool,
    has_read: AtomicBool,
}

impl Backpressure {
    /// Whether the last write waits for the other end to read.
    pub(crate) fn is_blocked(&self) -> bool {
        self.is_blocked.load(Ordering::Relaxed)
    }

    /// Whether something was received since this was last asked, be it the end.
    pub(crate) fn received_since(&self) -> bool {
        self.has_read.swap(false, Ordering::Relaxed)
    }
}

impl Watched {
    pub(crate) fn new(socket: Socket) -> (Self, Arc<Backpressure>) {
        let seen = Arc::<Backpressure>::default();
        (Self { socket, seen: Arc::clone(&seen) }, seen)
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = self.socket.as_mut().poll_read(cx, buffer);
        if read.is_ready() {
            self.seen.has_read.store(true, Ordering::Relaxed);
        }
        read
    }
}

impl AsyncWrite for Watched {
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
        self.seen.is_blocked.store(written.is_pending(), Ordering::Relaxed);
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
