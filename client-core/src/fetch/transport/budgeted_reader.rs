//! A stream that is read a little at a time.
//!
//! h2 drains the socket before it wakes the streams: thousands of responses would be in memory
//! at the same time, and take far more there than on the wire.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, ReadBuf};

/// Lets other tasks run whenever the budget is used up.
#[derive(Debug)]
pub(super) struct BudgetedReader<R> {
    stream: R,
    // Bytes, since this last had to wait.
    taken: usize,
}

/// In bytes: some 250 responses with a small page.
const READ_BUDGET: usize = 16_384;

impl<R> BudgetedReader<R> {
    pub(super) fn of(stream: R) -> Self {
        Self { stream, taken: 0 }
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for BudgetedReader<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.taken >= READ_BUDGET {
            self.taken = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        match read {
            Poll::Ready(_) => self.taken += buffer.filled().len() - before,
            Poll::Pending => self.taken = 0,
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Wake, Waker};

    use super::*;

    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn all_of_it_is_read_and_others_run_when_the_budget_is_used_up() {
        let sent: Vec<u8> = (0..=250).cycle().take(10 * READ_BUDGET).collect();
        let mut reader = BudgetedReader::of(&sent[..]);
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        let mut received = Vec::new();
        let mut waits = 0;
        while received.len() < sent.len() {
            let mut bytes = [0; READ_BUDGET / 4];
            let mut buffer = ReadBuf::new(&mut bytes);
            let cx = &mut Context::from_waker(&waker);
            if Pin::new(&mut reader).poll_read(cx, &mut buffer).is_pending() {
                waits += 1;
                // It is to be asked again.
                assert_eq!(woken.0.load(Ordering::Relaxed), waits);
                assert_eq!(received.len(), waits * READ_BUDGET);
            }
            received.extend_from_slice(buffer.filled());
        }
        assert_eq!(received, sent);
        assert_eq!(waits, 9);
    }
}
