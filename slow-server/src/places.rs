//! How many requests are served at once, which may change while they are.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

/// A place for each request that may be served at once.
#[derive(Debug)]
pub(crate) struct Places {
    // Fair: who waits longest is next. A request that goes away leaves the line by being
    // dropped.
    free: Semaphore,
    // Held for an addition, never across an await.
    count: Mutex<Count>,
}

#[derive(Debug)]
struct Count {
    all: usize,
    // Places that were taken away while a request was in each of them: they end with it.
    owed: usize,
}

/// The right to be served now; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place(Arc<Places>);

impl Places {
    /// As many places as `limit` says, and without one more than there can be requests.
    pub(crate) fn new(limit: Option<NonZeroUsize>) -> Arc<Self> {
        let all = number(limit);
        let count = Mutex::new(Count { all, owed: 0 });
        Arc::new(Self { free: Semaphore::new(all), count })
    }

    /// A place, after all who asked before.
    pub(crate) async fn take(self: &Arc<Self>) -> Option<Place> {
        // The semaphore is never closed, so there is always a place in the end.
        self.free.acquire().await.ok().map(|permit| self.place(permit))
    }

    /// A place, if there is one free now.
    pub(crate) fn try_take(self: &Arc<Self>) -> Option<Place> {
        self.free.try_acquire().ok().map(|permit| self.place(permit))
    }

    /// Changes how many there are. With fewer, those who are served stay, and nobody new is
    /// until they are few enough; with more, who waits longest is served at once.
    pub(crate) fn limit(&self, limit: Option<NonZeroUsize>) {
        let all = number(limit);
        let mut count = self.count();
        if all < count.all {
            let fewer = count.all - all;
            count.owed += fewer - self.free.forget_permits(fewer);
        } else {
            let more = all - count.all;
            let settled = more.min(count.owed);
            count.owed -= settled;
            self.free.add_permits(more - settled);
        }
        count.all = all;
    }

    /// The permit comes back when the place is given back, and is not kept until then.
    fn place(self: &Arc<Self>, permit: SemaphorePermit) -> Place {
        permit.forget();
        Place(Arc::clone(self))
    }

    fn count(&self) -> MutexGuard<'_, Count> {
        // No code under this lock can panic half-way through a change.
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Held until the permit is back: else a limit set in between would miss it.
        let mut count = self.0.count();
        if count.owed > 0 {
            count.owed -= 1;
        } else {
            self.0.free.add_permits(1);
        }
    }
}

/// No limit is one that no machine reaches: so all requests hold a place, also those that
/// came before there was a limit.
fn number(limit: Option<NonZeroUsize>) -> usize {
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

    type Asking<'a> = Pin<Box<dyn Future<Output = Option<Place>> + 'a>>;

    /// What happens to a server, one after another.
    #[derive(Debug, Clone)]
    enum Step {
        Ask,
        Leave(prop::sample::Index),
        End(prop::sample::Index),
        Limit(Option<NonZeroUsize>),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => Just(Step::Ask),
            1 => any::<prop::sample::Index>().prop_map(Step::Leave),
            3 => any::<prop::sample::Index>().prop_map(Step::End),
            2 => prop::option::weighted(0.8, 1..6_usize)
                .prop_map(|limit| Step::Limit(limit.and_then(NonZeroUsize::new))),
        ]
    }

    proptest! {
        /// Whatever changes when: those who are served stay, nobody waits beside a free
        /// place, nobody starts above the limit, and who came first is first.
        #[test]
        fn a_limit_holds_from_the_moment_that_it_is_set(
            first in prop::option::of(1..6_usize),
            steps in prop::collection::vec(step(), 0..60),
        ) {
            let mut limit = first.and_then(NonZeroUsize::new);
            let places = Places::new(limit);
            let mut line: VecDeque<Asking> = VecDeque::new();
            let mut served: Vec<Place> = Vec::new();
            for step in steps {
                let before = served.len();
                match step {
                    Step::Ask => line.push_back(Box::pin(places.take())),
                    Step::Leave(who) if !line.is_empty() => {
                        drop(line.remove(who.index(line.len())));
                    }
                    Step::End(who) if !served.is_empty() => {
                        drop(served.swap_remove(who.index(served.len())));
                    }
                    Step::Limit(new) => {
                        limit = new;
                        places.limit(new);
                    }
                    _ => {}
                }
                let mut is_still_waiting = false;
                line.retain_mut(|asking| {
                    let mut context = Context::from_waker(Waker::noop());
                    let Poll::Ready(place) = asking.as_mut().poll(&mut context) else {
                        is_still_waiting = true;
                        return true;
                    };
                    assert!(!is_still_waiting, "who came later was served before");
                    served.push(place.unwrap());
                    false
                });
                let most = number(limit);
                prop_assert!(served.len() <= most.max(before));
                prop_assert!(line.is_empty() || served.len() >= most);
                let is_full = served.len() >= most;
                prop_assert_eq!(places.try_take().is_none(), is_full);
            }
        }
    }
}
