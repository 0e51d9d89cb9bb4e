//! When an answer is due, to a fraction of a millisecond.
//!
//! The runtime's own timers count whole milliseconds, and are up to two late: at a delay of
//! 100 ms that is a hundredth or two of it, and every client would seem that much slower
//! than it is. Here one thread sleeps until the next answer is due, and wakes its task. (On
//! Windows threads, too, sleep for whole milliseconds: there it is as before.)

use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use tokio::time::Sleep;

/// How long the thread leaves the CPU to others after it woke all who were due. Those who are
/// due shortly one after another are woken together.
const PAUSE: Duration = Duration::from_micros(200);

/// How many are woken at a time, since nobody can set an alarm while they are taken out.
const AT_A_TIME: usize = 256;

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
    wakers: BTreeMap<Place, Waker>,
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
                let are_all = due.len() < AT_A_TIME;
                due.into_iter().for_each(Waker::wake);
                if are_all {
                    thread::sleep(PAUSE);
                }
                self.alarms()
            };
        }
    }

    fn wait_for_the_next<'a>(
        &self,
        alarms: MutexGuard<'a, Alarms>,
        now: Instant,
    ) -> MutexGuard<'a, Alarms> {
        match alarms.next() {
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
    fn set(&mut self, due: Instant, waker: Waker) -> Place {
        self.numbers += 1;
        let place = (due, self.numbers);
        self.wakers.insert(place, waker);
        place
    }

    fn next(&self) -> Option<Place> {
        self.wakers.keys().next().copied()
    }

    /// Some of those that are due `now`, the first of them first.
    fn take_due(&mut self, now: Instant) -> Vec<Waker> {
        let next = || {
            let first = self.wakers.first_entry()?;
            (first.key().0 <= now).then(|| first.remove())
        };
        std::iter::from_fn(next).take(AT_A_TIME).collect()
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
        let Some(place) = this.place else {
            let place = alarms.set(this.due, cx.waker().clone());
            this.place = Some(place);
            if alarms.next() == Some(place) {
                this.shared.changed.notify_one();
            }
            return Poll::Pending;
        };
        // One that is not there any more has become due since the first line.
        let Some(waker) = alarms.wakers.get_mut(&place) else {
            return Poll::Ready(());
        };
        if !waker.will_wake(cx.waker()) {
            let old = std::mem::replace(waker, cx.waker().clone());
            // What this drops may have alarms of its own.
            drop(alarms);
            drop(old);
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
            let waker = self.shared.alarms().wakers.remove(&place);
            drop(waker);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::task::Wake;

    use proptest::prelude::*;
    use tokio::time::timeout;

    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    // What is awaited with a timeout is in a task of its own: the timeout would poll it when
    // it is over, and find it due.

    fn poll(alarm: &mut Alarm) -> Poll<()> {
        Pin::new(alarm).poll(&mut Context::from_waker(Waker::noop()))
    }

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
            timeout(LONG / 2, other).await.unwrap().unwrap();
        }
        assert!(clock.0.alarms().wakers.is_empty());
    }

    #[tokio::test]
    async fn one_that_is_due_earlier_than_the_others_is_not_slept_through() {
        let clock = Clock::start().unwrap();
        let mut late = clock.alarm(Instant::now() + LONG);
        assert!(poll(&mut late).is_pending());
        // Its thread waits for that one now, or this shows nothing, which is no failure.
        thread::sleep(Duration::from_millis(50));
        let early = clock.alarm(Instant::now() + Duration::from_millis(1));
        timeout(LONG / 2, tokio::spawn(early)).await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn who_waited_last_is_woken() {
        let clock = Clock::start().unwrap();
        let mut alarm = clock.alarm(Instant::now() + Duration::from_millis(100));
        // Nobody, and then this test.
        assert!(poll(&mut alarm).is_pending());
        timeout(LONG / 2, tokio::spawn(alarm)).await.unwrap().unwrap();
    }

    #[test]
    fn one_that_nobody_waits_for_any_more_is_forgotten() {
        let clock = Clock::start().unwrap();
        let mut alarm = clock.alarm(Instant::now() + LONG);
        assert!(poll(&mut alarm).is_pending());
        assert!(poll(&mut alarm).is_pending());
        assert_eq!(clock.0.alarms().wakers.len(), 1);
        drop(alarm);
        assert_eq!(clock.0.alarms().wakers.len(), 0);
    }

    #[test]
    fn its_thread_ends_with_it() {
        let clock = Clock::start().unwrap();
        let mut alarm = clock.alarm(Instant::now() + LONG);
        assert!(poll(&mut alarm).is_pending());
        thread::sleep(Duration::from_millis(50));
        let shared = Arc::downgrade(&clock.0);
        drop((clock, alarm));
        let began = Instant::now();
        while shared.strong_count() > 0 {
            assert!(began.elapsed() < LONG / 2);
            thread::yield_now();
        }
    }

    struct Tells(mpsc::Sender<usize>, usize);

    impl Wake for Tells {
        fn wake(self: Arc<Self>) {
            self.0.send(self.1).unwrap();
        }
    }

    proptest! {
        #[test]
        fn who_is_due_is_taken_in_order_and_the_others_stay(
            dues in prop::collection::vec(0..50_u64, 0..600), now in 0..50_u64,
        ) {
            let began = Instant::now();
            let at = |due| began + Duration::from_millis(due);
            let (woken, told) = mpsc::channel();
            let mut alarms = Alarms::default();
            for (who, &due) in dues.iter().enumerate() {
                alarms.set(at(due), Waker::from(Arc::new(Tells(woken.clone(), who))));
            }
            loop {
                let some = alarms.take_due(at(now));
                let are_all = some.len() < AT_A_TIME;
                some.into_iter().for_each(Waker::wake);
                if are_all {
                    break;
                }
            }
            let mut expected: Vec<_> =
                (0..dues.len()).filter(|&who| dues[who] <= now).collect();
            expected.sort_by_key(|&who| dues[who]);
            prop_assert_eq!(alarms.wakers.len(), dues.len() - expected.len());
            prop_assert_eq!(told.try_iter().collect::<Vec<_>>(), expected);
        }
    }
}
