//! When the requests of a runtime are given up: each after its timeout, and all of them a
//! moment after Ctrl-C.
//!
//! All have the same timeout, so patience ends in the order in which it began: a queue is
//! enough, and one timer for all. A timer for each would be what a million waiting requests
//! cost most.

use std::collections::VecDeque;
use std::num::NonZeroU64;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::failure::{Failure, Kind};
use crate::stop::Stop;

/// The patience of one runtime. Cheap to clone; all clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Patience(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    timeout: Duration,
    // Held for a few additions, never across an await.
    queue: Mutex<Queue>,
    begun: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    // How many have left the line.
    left: u64,
    line: VecDeque<Waiting>,
    is_over: bool,
}

/// The number of one in line, counted from 1, since the line began.
type Place = NonZeroU64;

#[derive(Debug)]
struct Waiting {
    deadline: Instant,
    // `None` once it has its answer; it leaves the line when all before it have.
    waker: Option<Waker>,
}

impl Patience {
    /// Nobody has more than this.
    pub(crate) fn new(timeout: Duration) -> Self {
        let queue = Mutex::default();
        Self(Arc::new(Shared { timeout, queue, begun: Notify::new() }))
    }

    /// The result of `future`, or that it took too long.
    pub(crate) fn limit<F>(&self, future: F) -> Limit<'_, F> {
        Limit { patience: self, place: None, future }
    }

    /// Gives up whoever has waited too long, and everybody once `stop` says so. It ends
    /// only then.
    pub(crate) async fn keep(self, stop: Stop) {
        tokio::select! {
            () = self.watch() => {}
            () = stop.given_up() => self.give_up_all(),
        }
    }

    async fn watch(&self) {
        loop {
            match self.next_deadline() {
                Some(deadline) => sleep_until(deadline).await,
                None => self.0.begun.notified().await,
            }
            self.give_up_until(Instant::now());
        }
    }

    fn next_deadline(&self) -> Option<Instant> {
        self.queue().line.front().map(|waiting| waiting.deadline)
    }

    fn give_up_until(&self, now: Instant) {
        let is_late = |waiting: &mut Waiting| waiting.deadline <= now;
        loop {
            let mut queue = self.queue();
            let Some(late) = queue.line.pop_front_if(is_late) else { return };
            queue.left += 1;
            // Woken without the lock, which it will want.
            drop(queue);
            if let Some(waker) = late.waker {
                waker.wake();
            }
        }
    }

    fn give_up_all(&self) {
        let line = {
            let mut queue = self.queue();
            queue.is_over = true;
            std::mem::take(&mut queue.line)
        };
        for waker in line.into_iter().filter_map(|waiting| waiting.waker) {
            waker.wake();
        }
    }

    /// Takes a place in the line, if there still is one.
    fn begin(&self, waker: &Waker) -> Result<Place, Kind> {
        let mut queue = self.queue();
        if queue.is_over {
            return Err(Kind::Interrupted);
        }
        // Read under the lock, so that the line is in the order of its deadlines.
        let deadline = Instant::now() + self.0.timeout;
        queue.line.push_back(Waiting { deadline, waker: Some(waker.clone()) });
        if queue.line.len() == 1 {
            self.0.begun.notify_one();
        }
        Ok(Place::MIN.saturating_add(queue.left + queue.line.len() as u64 - 1))
    }

    /// Whether the one at this place is still waited for; if so, `waker` is told when it is
    /// not any more.
    fn goes_on(&self, place: Place, waker: &Waker) -> Result<(), Kind> {
        let mut queue = self.queue();
        if queue.is_over {
            return Err(Kind::Interrupted);
        }
        let waiting = queue.at(place).ok_or(Kind::Timeout)?;
        match &mut waiting.waker {
            Some(old) => old.clone_from(waker),
            None => waiting.waker = Some(waker.clone()),
        }
        Ok(())
    }

    fn end(&self, place: Place) {
        let mut queue = self.queue();
        if let Some(waiting) = queue.at(place) {
            waiting.waker = None;
        }
        while queue.line.pop_front_if(|waiting| waiting.waker.is_none()).is_some() {
            queue.left += 1;
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        // No code under this lock can panic half-way through a change.
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn at(&mut self, place: Place) -> Option<&mut Waiting> {
        let position = (place.get() - 1).checked_sub(self.left)?;
        self.line.get_mut(usize::try_from(position).ok()?)
    }
}

pin_project! {
    /// A future that is not waited for longer than patience lasts.
    #[derive(Debug)]
    pub(crate) struct Limit<'a, F> {
        patience: &'a Patience,
        place: Option<Place>,
        #[pin]
        future: F,
    }

    impl<F> PinnedDrop for Limit<'_, F> {
        fn drop(this: Pin<&mut Self>) {
            if let Some(place) = this.place {
                this.patience.end(place);
            }
        }
    }
}

impl<T, F: Future<Output = Result<T, Failure>>> Future for Limit<'_, F> {
    type Output = Result<T, Failure>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(result) = this.future.poll(cx) {
            return Poll::Ready(result);
        }
        let waits = match *this.place {
            None => this.patience.begin(cx.waker()).map(|place| {
                *this.place = Some(place);
            }),
            Some(place) => this.patience.goes_on(place, cx.waker()),
        };
        if let Err(kind) = waits {
            return Poll::Ready(Err(Failure::new(kind)));
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(10);

    async fn kind<F>(limit: Limit<'_, F>) -> Kind
    where
        F: Future<Output = Result<(), Failure>>,
    {
        limit.await.unwrap_err().kind
    }

    /// What comes out of `waiting` while somebody looks at the clock.
    async fn kept<T>(
        patience: &Patience,
        stop: Stop,
        waiting: impl Future<Output = T>,
    ) -> T {
        let keep = async {
            patience.clone().keep(stop).await;
            pending().await
        };
        tokio::select! {
            out = waiting => out,
            never = keep => never,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn each_is_given_up_when_its_own_time_is_over() {
        let patience = Patience::new(TIMEOUT);
        let began = Instant::now();
        let begun_after = async |delay| {
            tokio::time::sleep(delay).await;
            (kind(patience.limit(pending())).await, began.elapsed())
        };
        let both = async {
            let (first, later) =
                (begun_after(Duration::ZERO), begun_after(TIMEOUT / 2));
            <[_; 2]>::from(tokio::join!(first, later))
        };
        let ended = kept(&patience, Stop::default(), both).await;
        let tick = Duration::from_millis(2);
        for ((kind, after), expected) in ended.into_iter().zip([2, 3]) {
            let expected = TIMEOUT / 2 * expected;
            assert_eq!(kind, Kind::Timeout);
            assert!(after >= expected && after <= expected + tick, "{after:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_answered_in_time_is_forgotten() {
        let patience = Patience::new(TIMEOUT);
        assert!(patience.limit(ready(Ok(()))).await.is_ok());
        let slow = async {
            tokio::time::sleep(TIMEOUT / 2).await;
            Ok(())
        };
        // The one before it in line is still waiting when it ends.
        let both = async {
            tokio::join!(kind(patience.limit(pending())), patience.limit(slow))
        };
        let (first, second) = kept(&patience, Stop::default(), both).await;
        assert_eq!(first, Kind::Timeout);
        assert!(second.is_ok());
        assert!(patience.queue().line.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_stop_all_are_given_up() {
        let patience = Patience::new(Duration::from_hours(1));
        let stop = Stop::default();
        let stopping = async {
            tokio::time::sleep(TIMEOUT).await;
            stop.request();
        };
        let all = async {
            let (one, other) =
                (patience.limit(pending()), patience.limit(pending()));
            tokio::join!(kind(one), kind(other), stopping)
        };
        let (one, other, ()) = kept(&patience, stop.clone(), all).await;
        assert_eq!([one, other], [Kind::Interrupted; 2]);
        // Nor does one that begins late wait for long.
        assert_eq!(kind(patience.limit(pending())).await, Kind::Interrupted);
    }
}
