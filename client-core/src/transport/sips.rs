//! A stream that is read a little at a time.
//!
//! Who reads HTTP/2 takes all that has come, and only then do the requests run for which it
//! came: thousands of answers would be in memory at once, and take far more there than they
//! took on the way.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, ReadBuf};

/// Lets other tasks run after each sip.
#[derive(Debug)]
pub(super) struct Sips<R> {
    stream: R,
    // Bytes, since others last ran.
    taken: usize,
}

/// In bytes: some 250 answers with a small page.
const SIP: usize = 16_384;

impl<R> Sips<R> {
    pub(super) fn of(stream: R) -> Self {
        Self { stream, taken: 0 }
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Sips<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.taken >= SIP {
            self.taken = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        self.taken += buffer.filled().len() - before;
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::AsyncReadExt as _;
    use tokio::task::yield_now;
    use tokio::time::timeout;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn all_of_it_is_read_and_others_run_after_each_sip() {
        let sent: Vec<u8> = (0..=250).cycle().take(10 * SIP).collect();
        let mut sips = Sips::of(&sent[..]);
        let mut received = Vec::new();
        let mut others = 0;
        let all = timeout(Duration::from_secs(1), sips.read_to_end(&mut received));
        tokio::select! {
            biased;
            all = all => assert_eq!(all.unwrap().unwrap(), sent.len()),
            () = async { loop { others += 1; yield_now().await } } => {}
        }
        assert_eq!(received, sent);
        assert!((4..=10).contains(&others), "{others}");
    }
}
