//! What one connection is doing: the requests that it has under way, and how many there
//! have been.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::sleep;

/// Cheap to clone; all clones are of the same connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Activity(Arc<Requests>);

#[derive(Debug, Default)]
struct Requests {
    begun: AtomicUsize,
    ended: AtomicUsize,
}

/// A request under way; it has ended when this is dropped.
#[derive(Debug)]
pub(crate) struct UnderWay(Activity);

impl Activity {
    /// One more request.
    pub(crate) fn begin(&self) -> UnderWay {
        self.0.begun.fetch_add(1, Ordering::Relaxed);
        UnderWay(self.clone())
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.begun() > self.0.ended.load(Ordering::Relaxed)
    }

    /// Ready when nothing has been under way for this long.
    pub(crate) async fn idle_for(&self, long: Duration) {
        loop {
            let before = self.begun();
            sleep(long).await;
            if !self.is_busy() && self.begun() == before {
                return;
            }
        }
    }

    /// Ready when a request is under way, so that its answer can say that it is the last,
    /// or when none has been for this long. It is looked up as often.
    pub(crate) async fn busy_or_idle_for(&self, long: Duration) {
        while !self.is_busy() {
            let before = self.begun();
            sleep(long).await;
            if self.begun() == before {
                return;
            }
        }
    }

    fn begun(&self) -> usize {
        self.0.begun.load(Ordering::Relaxed)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.0.ended.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{Instant, timeout};

    use super::*;

    const LONG: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn idle_is_what_had_nothing_under_way_for_long() {
        let activity = Activity::default();
        let request = activity.begin();
        assert!(timeout(LONG * 10, activity.idle_for(LONG)).await.is_err());
        drop(request);
        let began = Instant::now();
        activity.idle_for(LONG).await;
        assert!(began.elapsed() >= LONG);
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_busy_can_be_told_with_the_answer() {
        let activity = Activity::default();
        let began = Instant::now();
        let request = activity.begin();
        activity.busy_or_idle_for(LONG).await;
        assert_eq!(began.elapsed(), Duration::ZERO);
        drop(request);
        activity.busy_or_idle_for(LONG).await;
        assert!(began.elapsed() >= LONG);
    }
}
