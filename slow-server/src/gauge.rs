//! Whether the other end takes what is written to it, and whether it says something.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream, of which one can know whether its last write had to wait, and whether something
/// was read, be it the end.
#[derive(Debug)]
pub(crate) struct Gauged<S> {
    stream: S,
    gauge: Gauge,
}

/// Cheap to clone; all clones are of the same stream.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gauge(Arc<Seen>);

#[derive(Debug, Default)]
struct Seen {
    is_blocked: AtomicBool,
    was_heard: AtomicBool,
}

impl Gauge {
    /// Whether what was written last has to wait for the other end.
    pub(crate) fn is_blocked(&self) -> bool {
        self.0.is_blocked.load(Ordering::Relaxed)
    }

    /// Whether something was read since this was last asked.
    pub(crate) fn was_heard(&self) -> bool {
        self.0.was_heard.swap(false, Ordering::Relaxed)
    }

    fn note_read<T>(&self, read: Poll<T>) -> Poll<T> {
        if read.is_ready() {
            self.0.was_heard.store(true, Ordering::Relaxed);
        }
        read
    }

    fn note_written<T>(&self, written: Poll<T>) -> Poll<T> {
        self.0.is_blocked.store(written.is_pending(), Ordering::Relaxed);
        written
    }
}

impl<S> Gauged<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, gauge: Gauge::default() }
    }

    pub(crate) fn gauge(&self) -> Gauge {
        self.gauge.clone()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Gauged<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        self.gauge.note_read(read)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Gauged<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.gauge.note_written(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.gauge.note_written(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
