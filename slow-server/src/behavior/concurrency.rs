//! The limit on the requests served at the same time: a fair semaphore whose limit can change.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, SemaphorePermit};

/// What happens to a request that arrives when `--max-concurrent` are being served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WhenFull {
    /// It is queued: first come, first served
    Queue,
    /// It is rejected immediately: 503 with Retry-After
    Reject,
}

/// `--max-concurrent`: a permit for each request that may be served at the same time.
///
/// Unlike a plain semaphore's, its permits can be taken back while they are held: the limit
/// then falls as their holders finish.
#[derive(Debug)]
pub struct ConcurrencyLimit {
    when_full: WhenFull,
    // Fair: the longest queued is next. A request that is dropped leaves the queue.
    permits: Semaphore,
    // Held for an addition, never across an await.
    count: Mutex<Count>,
}

#[derive(Debug)]
struct Count {
    limit: usize,
    // Permits taken back while they were held: not returned to the semaphore when dropped.
    owed: usize,
}

/// The right to be served now; returned when dropped.
#[derive(Debug)]
pub struct Permit {
    limit: Arc<ConcurrencyLimit>,
    /// How long the request was queued for it; zero if one was free.
    pub queued: Duration,
}

impl ConcurrencyLimit {
    /// No limit is one that no machine reaches.
    pub(crate) fn new(
        limit: Option<NonZeroUsize>,
        when_full: WhenFull,
    ) -> Arc<Self> {
        let limit = permits(limit);
        let count = Mutex::new(Count { limit, owed: 0 });
        Arc::new(Self { when_full, permits: Semaphore::new(limit), count })
    }

    /// A permit, first come, first served; `None` if the server is full and rejects.
    pub async fn acquire(self: &Arc<Self>) -> Option<Permit> {
        if let Some(permit) = self.try_acquire() {
            return Some(permit);
        }
        if self.when_full == WhenFull::Reject {
            return None;
        }
        let arrived = Instant::now();
        // The semaphore is never closed, so there is always a permit in the end.
        let permit = self.permits.acquire().await.ok()?;
        Some(self.permit(permit, arrived.elapsed()))
    }

    /// A permit, if one is free now.
    pub fn try_acquire(self: &Arc<Self>) -> Option<Permit> {
        let permit = self.permits.try_acquire().ok()?;
        Some(self.permit(permit, Duration::ZERO))
    }

    /// Changes the limit. With a lower one, requests in flight stay, and none starts until
    /// there are few enough; with a higher one, the longest queued start immediately.
    pub(crate) fn set(&self, limit: Option<NonZeroUsize>) {
        let limit = permits(limit);
        let mut count = self.count.lock();
        if limit < count.limit {
            let fewer = count.limit - limit;
            count.owed += fewer - self.permits.forget_permits(fewer);
        } else {
            let more = limit - count.limit;
            let settled = more.min(count.owed);
            count.owed -= settled;
            self.permits.add_permits(more - settled);
        }
        count.limit = limit;
    }

    /// The semaphore's permit is forgotten here and added again by [`Permit::drop`], which
    /// knows whether it was taken back meanwhile.
    fn permit(
        self: &Arc<Self>,
        permit: SemaphorePermit,
        queued: Duration,
    ) -> Permit {
        permit.forget();
        Permit { limit: Arc::clone(self), queued }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        // Held until the permit is back, or a limit set in between would miss it.
        let mut count = self.limit.count.lock();
        if count.owed > 0 {
            count.owed -= 1;
        } else {
            self.limit.permits.add_permits(1);
        }
    }
}

fn permits(limit: Option<NonZeroUsize>) -> usize {
    limit.map_or(Semaphore::MAX_PERMITS, |limit| {
        limit.get().min(Semaphore::MAX_PERMITS)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    use proptest::prelude::*;

    use super::*;

    type Acquiring<'a> = Pin<Box<dyn Future<Output = Option<Permit>> + 'a>>;

    /// What happens to a server, one after another.
    #[derive(Debug, Clone)]
    enum Step {
        Acquire,
        Abort(prop::sample::Index),
        Release(prop::sample::Index),
        Limit(Option<NonZeroUsize>),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => Just(Step::Acquire),
            1 => any::<prop::sample::Index>().prop_map(Step::Abort),
            3 => any::<prop::sample::Index>().prop_map(Step::Release),
            2 => prop::option::weighted(0.8, 1..6_usize)
                .prop_map(|limit| Step::Limit(limit.and_then(NonZeroUsize::new))),
        ]
    }

    proptest! {
        /// Whatever changes when: a permit that is held stays, no request is queued beside a free
        /// permit, none starts above the limit, and the queue is first come, first served.
        #[test]
        fn a_limit_holds_from_the_moment_that_it_is_set(
            first in prop::option::of(1..6_usize),
            steps in prop::collection::vec(step(), 0..60),
        ) {
            let mut limit = first.and_then(NonZeroUsize::new);
            let limiter = ConcurrencyLimit::new(limit, WhenFull::Queue);
            let mut queue: VecDeque<Acquiring> = VecDeque::new();
            let mut served: Vec<Permit> = Vec::new();
            for step in steps {
                let before = served.len();
                match step {
                    Step::Acquire => queue.push_back(Box::pin(limiter.acquire())),
                    Step::Abort(which) if !queue.is_empty() => {
                        drop(queue.remove(which.index(queue.len())));
                    }
                    Step::Release(which) if !served.is_empty() => {
                        drop(served.swap_remove(which.index(served.len())));
                    }
                    Step::Limit(new) => {
                        limit = new;
                        limiter.set(new);
                    }
                    _ => {}
                }
                let mut is_one_queued = false;
                queue.retain_mut(|acquiring| {
                    let mut context = Context::from_waker(Waker::noop());
                    let Poll::Ready(permit) = acquiring.as_mut().poll(&mut context) else {
                        is_one_queued = true;
                        return true;
                    };
                    assert!(!is_one_queued, "a later request was served first");
                    served.push(permit.unwrap());
                    false
                });
                let most = permits(limit);
                prop_assert!(served.len() <= most.max(before));
                prop_assert!(queue.is_empty() || served.len() >= most);
                let is_full = served.len() >= most;
                prop_assert_eq!(limiter.try_acquire().is_none(), is_full);
            }
        }
    }
}
