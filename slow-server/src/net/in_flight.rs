//! The requests that one connection has in flight, from their head to the last byte of their
//! response.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use tokio::time::sleep;

/// Cheap to clone; all clones are of the same connection.
#[derive(Debug, Clone, Default)]
pub struct InFlight(Arc<Requests>);

#[derive(Debug, Default)]
struct Requests {
    begun: AtomicUsize,
    ended: AtomicUsize,
    // Parts of responses that are not written yet, by the period since which they wait: even
    // or odd. When a period is over, those since the one before it have waited for all of it.
    period: AtomicUsize,
    unread: [AtomicUsize; 2],
}

/// A request in flight; it has ended when this is dropped.
#[derive(Debug)]
pub struct InFlightGuard(InFlight);

impl InFlight {
    /// One more request.
    #[must_use]
    pub fn begin(&self) -> InFlightGuard {
        self.0.begun.fetch_add(1, Ordering::Relaxed);
        InFlightGuard(self.clone())
    }

    fn is_busy(&self) -> bool {
        self.begun() > self.0.ended.load(Ordering::Relaxed)
    }

    /// Ready when nothing has been in flight for this long.
    pub(super) async fn idle_for(&self, duration: Duration) {
        loop {
            let before = self.begun();
            sleep(duration).await;
            if !self.is_busy() && self.begun() == before {
                return;
            }
        }
    }

    /// Ready when a request is in flight, so that its response can say that it is the last,
    /// or when none has been for this long. It is checked as often.
    pub(super) async fn busy_or_idle_for(&self, duration: Duration) {
        while !self.is_busy() {
            let before = self.begun();
            sleep(duration).await;
            if self.begun() == before {
                return;
            }
        }
    }

    /// Ready when the client has let no byte of some response through for this long, and for
    /// twice as long at the most. A write timeout does not see that over HTTP/2, where one
    /// stream can wait while others go on.
    pub(super) async fn unread_for(&self, duration: Duration) {
        loop {
            sleep(duration).await;
            let period = self.0.period.load(Ordering::Relaxed);
            if self.0.unread[(period + 1) % 2].load(Ordering::Relaxed) > 0 {
                return;
            }
            self.0.period.store(period + 1, Ordering::Relaxed);
        }
    }

    fn begun(&self) -> usize {
        self.0.begun.load(Ordering::Relaxed)
    }
}

impl InFlightGuard {
    /// The body of the response, with whose end the request ends.
    pub(super) fn track(self, body: Body) -> TrackedBody {
        TrackedBody { body, guard: self }
    }
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        self.0.0.ended.fetch_add(1, Ordering::Relaxed);
    }
}

/// A body that keeps its request in flight, and whose frames count as unread until they are
/// written to the socket.
#[derive(Debug)]
pub(super) struct TrackedBody {
    body: Body,
    guard: InFlightGuard,
}

impl HttpBody for TrackedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        let in_flight = &self.guard.0;
        let unread = |data| Bytes::from_owner(Unread::new(data, in_flight));
        Poll::Ready(frame.map(|frame| Ok(frame?.map_data(unread))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Part of a response, which its protocol drops once it is written.
struct Unread {
    data: Bytes,
    in_flight: InFlight,
    since: usize,
}

impl Unread {
    fn new(data: Bytes, in_flight: &InFlight) -> Self {
        let since = in_flight.0.period.load(Ordering::Relaxed) % 2;
        in_flight.0.unread[since].fetch_add(1, Ordering::Relaxed);
        Self { data, in_flight: in_flight.clone(), since }
    }
}

impl AsRef<[u8]> for Unread {
    fn as_ref(&self) -> &[u8] {
        &self.data
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        self.in_flight.0.unread[self.since].fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{Instant, timeout};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn idle_is_nothing_in_flight_for_long() {
        let in_flight = InFlight::default();
        let request = in_flight.begin();
        assert!(timeout(SECOND * 10, in_flight.idle_for(SECOND)).await.is_err());
        drop(request);
        let began = Instant::now();
        in_flight.idle_for(SECOND).await;
        assert!(began.elapsed() >= SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn busy_is_noticed_at_once() {
        let in_flight = InFlight::default();
        let began = Instant::now();
        let request = in_flight.begin();
        in_flight.busy_or_idle_for(SECOND).await;
        assert_eq!(began.elapsed(), Duration::ZERO);
        drop(request);
        in_flight.busy_or_idle_for(SECOND).await;
        assert!(began.elapsed() >= SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn a_part_that_is_not_written_is_noticed_after_one_to_two_periods() {
        let in_flight = InFlight::default();
        let unread = in_flight.unread_for(SECOND);
        let mut unread = std::pin::pin!(unread);
        // Each is written in time, however long all of them take.
        for _ in 0..10 {
            let _written = Unread::new(Bytes::new(), &in_flight);
            assert!(timeout(SECOND * 3 / 4, &mut unread).await.is_err());
        }
        let began = Instant::now();
        let _waits = Unread::new(Bytes::new(), &in_flight);
        unread.await;
        assert!(began.elapsed() >= SECOND && began.elapsed() <= SECOND * 2);
    }
}
