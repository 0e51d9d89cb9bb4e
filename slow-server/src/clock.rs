//! When an answer is due, to a fraction of a millisecond.
//!
//! The runtime's own timers count whole milliseconds, and are up to two late: at a delay of
//! 100 ms that is a hundredth or two of it, and every client would seem that much slower
//! than it is. Here one thread sleeps until the next answer is due, and wakes its task.

use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use tokio::time::Sleep;

/// How long the thread leaves the CPU to others after it woke some of them. Those who are due
/// shortly one after another are woken together.
const PAUSE: Duration = Duration::from_micros(200);

/// A clock that runs as long as it is kept.
#[derive(Debug)]
pub(crate) struct Clock(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    // Held for a few steps, never while somebody is woken.
    alarms: Mutex<Alarms>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Alarms {
    set: BTreeMap<Place, Waker>,
    numbers: u64,
    is_over: bool,
}

/// Who is due first comes first; of those due at once, who came first.
type Place = (Instant, u64);

/// Ready once it is due, and not before.
#[derive(Debug)]
pub(crate) struct Alarm {
    shared: Arc<Shared>,
    due: Instant,
    // Once it is set.
    place: Option<Place>,
}

/// An alarm; or, without a clock, what the runtime has.
#[derive(Debug)]
pub(crate) enum Timer {
    Exact(Alarm),
    Usual(Pin<Box<Sleep>>),
}

impl Clock {
    /// Errors: there can be no more threads.
    pub(crate) fn start() -> io::Result<Self> {
        let shared = Arc::<Shared>::default();
        let of_thread = Arc::clone(&shared);
        thread::Builder::new()
            .name("clock".to_owned())
            .spawn(move || of_thread.run())?;
        Ok(Self(shared))
    }

    /// An alarm, which is set when it is first waited for.
    pub(crate) fn alarm(&self, due: Instant) -> Alarm {
        Alarm { shared: Arc::clone(&self.0), due, place: None }
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.0.alarms().is_over = true;
        self.0.changed.notify_one();
    }
}

impl Shared {
    fn alarms(&self) -> MutexGuard<'_, Alarms> {
        self.alarms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        let mut alarms = self.alarms();
        while !alarms.is_over {
            let now = Instant::now();
            let due = alarms.take_due(now);
            alarms = if due.is_empty() {
                self.wait_for_the_next(alarms, now)
            } else {
                drop(alarms);
                due.into_iter().for_each(Waker::wake);
                thread::sleep(PAUSE);
                self.alarms()
            };
        }
    }

    fn wait_for_the_next<'a>(
        &self,
        alarms: MutexGuard<'a, Alarms>,
        now: Instant,
    ) -> MutexGuard<'a, Alarms> {
        match alarms.set.keys().next() {
            Some((due, _)) => {
                let left = due.saturating_duration_since(now);
                let woken = self.changed.wait_timeout(alarms, left);
                woken.unwrap_or_else(PoisonError::into_inner).0
            }
            None => {
                self.changed.wait(alarms).unwrap_or_else(PoisonError::into_inner)
            }
        }
    }
}

impl Alarms {
    fn take_due(&mut self, now: Instant) -> Vec<Waker> {
        let next = || {
            let first = self.set.first_entry()?;
            (first.key().0 <= now).then(|| first.remove())
        };
        std::iter::from_fn(next).collect()
    }
}

impl Future for Alarm {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        if this.due <= Instant::now() {
            return Poll::Ready(());
        }
        let mut alarms = this.shared.alarms();
        let place = *this.place.get_or_insert_with(|| {
            alarms.numbers += 1;
            (this.due, alarms.numbers)
        });
        alarms.set.insert(place, cx.waker().clone());
        if alarms.set.keys().next() == Some(&place) {
            this.shared.changed.notify_one();
        }
        Poll::Pending
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match &mut *self {
            Self::Exact(alarm) => Pin::new(alarm).poll(cx),
            Self::Usual(sleep) => sleep.as_mut().poll(cx),
        }
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.shared.alarms().set.remove(&place);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[tokio::test]
    async fn an_alarm_is_ready_when_it_is_due_and_not_before() {
        let clock = Clock::start().unwrap();
        let mut others = Vec::new();
        for delay in [30, 10, 20, 10, 0] {
            let due = Instant::now() + Duration::from_millis(delay);
            let alarm = clock.alarm(due);
            others.push(tokio::spawn(async move {
                alarm.await;
                assert!(Instant::now() >= due);
            }));
        }
        for other in others {
            other.await.unwrap();
        }
        assert!(clock.0.alarms().set.is_empty());
    }

    #[tokio::test]
    async fn one_that_nobody_waits_for_any_more_is_forgotten() {
        let clock = Clock::start().unwrap();
        let mut alarm = clock.alarm(Instant::now() + Duration::from_mins(1));
        let nobody = &mut Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut alarm).poll(nobody).is_pending());
        assert!(Pin::new(&mut alarm).poll(nobody).is_pending());
        assert_eq!(clock.0.alarms().set.len(), 1);
        drop(alarm);
        assert_eq!(clock.0.alarms().set.len(), 0);
    }

    #[test]
    fn its_thread_ends_with_it() {
        let clock = Clock::start().unwrap();
        let shared = Arc::downgrade(&clock.0);
        drop(clock);
        while shared.strong_count() > 0 {
            thread::yield_now();
        }
    }

    proptest! {
        #[test]
        fn who_is_due_is_taken_in_order_and_the_others_stay(
            dues in prop::collection::vec(0..50_u64, 0..60), now in 0..50_u64,
        ) {
            let began = Instant::now();
            let at = |due| began + Duration::from_millis(due);
            let mut alarms = Alarms::default();
            for (number, &due) in (0..).zip(&dues) {
                alarms.set.insert((at(due), number), Waker::noop().clone());
            }
            let is_due = dues.iter().filter(|&&due| due <= now).count();
            prop_assert_eq!(alarms.take_due(at(now)).len(), is_due);
            prop_assert_eq!(alarms.set.len(), dues.len() - is_due);
            prop_assert!(alarms.set.keys().all(|&(due, _)| due > at(now)));
        }
    }
}
