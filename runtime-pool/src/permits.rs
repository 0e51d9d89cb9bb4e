//! The limit on tasks: so many permits for each runtime.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, Semaphore};

use crate::error::{StartError, TaskError};
use crate::scheduler::{RuntimeLoad, Scheduler};

/// The permits of all runtimes.
///
/// It is not a semaphore, because that hands a permit to whoever is first in its queue. That may
/// be a map which nobody polls, since the stream that would poll it waits here itself.
pub(crate) struct Permits {
    state: Mutex<State>,
    /// A permit was returned, a runtime has failed, or the pool was closed.
    changed: Notify,
    /// Those who spawn wait here for their turn to wait for a permit: a returned one is told to
    /// all who do, and they may be thousands.
    turn: Semaphore,
}

struct State {
    scheduler: Box<dyn Scheduler>,
    runtimes: Vec<Runtime>,
    /// Kept to spare an allocation for each task.
    free: Vec<RuntimeLoad>,
    is_closed: bool,
}

struct Runtime {
    limit: usize,
    taken: usize,
    /// Tasks submitted by a task of the pool. They don't count against the limit: the one may
    /// wait for the other.
    nested: usize,
    failure: Option<StartError>,
}

impl Permits {
    pub(crate) fn new(limits: &[usize], scheduler: Box<dyn Scheduler>) -> Self {
        let runtime = |&limit| Runtime { limit, taken: 0, nested: 0, failure: None };
        let runtimes = limits.iter().map(runtime).collect();
        let state =
            State { scheduler, runtimes, free: Vec::new(), is_closed: false };
        Self {
            state: Mutex::new(state),
            changed: Notify::new(),
            turn: Semaphore::new(1),
        }
    }

    /// Waits for a permit. A task that is `nested` gets one at once.
    ///
    /// # Errors
    ///
    /// The pool was closed, or no runtime is left whose start did not fail.
    pub(crate) async fn acquire(
        self: &Arc<Self>,
        nested: bool,
    ) -> Result<Permit, TaskError> {
        loop {
            let changed = self.changed.notified();
            let asked = self.state().ask(nested);
            match asked {
                Some(Ok(runtime)) => {
                    return Ok(Permit {
                        permits: Arc::clone(self),
                        runtime,
                        nested,
                    });
                }
                Some(Err(error)) => return Err(error),
                None => changed.await,
            }
        }
    }

    /// As [`acquire`](Self::acquire), first come, first served.
    pub(crate) async fn acquire_in_turn(
        self: &Arc<Self>,
        nested: bool,
    ) -> Result<Permit, TaskError> {
        let _turn = if nested { None } else { self.turn.acquire().await.ok() };
        self.acquire(nested).await
    }

    /// From now on there are permits for nested tasks alone.
    pub(crate) fn close(&self) {
        self.state().is_closed = true;
        self.changed.notify_waiters();
    }

    /// Waits until all permits have been returned.
    pub(crate) async fn all_returned(&self) {
        loop {
            let changed = self.changed.notified();
            if self.state().runtimes.iter().all(|r| r.taken + r.nested == 0) {
                return;
            }
            changed.await;
        }
    }

    /// The start function of a runtime has failed: it gets no more tasks.
    pub(crate) fn retire(&self, runtime: usize, error: StartError) {
        self.state().runtimes[runtime].failure = Some(error);
        self.changed.notify_waiters();
    }

    /// Why there is no permit any more.
    pub(crate) fn refusal(&self) -> TaskError {
        self.state().refusal()
    }

    // Nothing is half done where a scheduler may panic.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The runtime for a task, or why there is none any more, or `None` if all are full.
    fn ask(&mut self, nested: bool) -> Option<Result<usize, TaskError>> {
        if self.is_closed && !nested {
            return Some(Err(self.refusal()));
        }
        self.free.clear();
        for (index, runtime) in self.runtimes.iter().enumerate() {
            let &Runtime { limit, taken, nested: extra, .. } = runtime;
            if runtime.failure.is_none() && (nested || taken < limit) {
                self.free.push(RuntimeLoad { index, running: taken + extra, limit });
            }
        }
        if self.free.is_empty() {
            let all_failed =
                self.runtimes.iter().all(|runtime| runtime.failure.is_some());
            return all_failed.then(|| Err(self.refusal()));
        }
        let picked = self.scheduler.pick(&self.free).index;
        let runtime = &mut self.runtimes[picked];
        *(if nested { &mut runtime.nested } else { &mut runtime.taken }) += 1;
        Some(Ok(picked))
    }

    fn refusal(&self) -> TaskError {
        let failures = self.runtimes.iter().map(|runtime| runtime.failure.as_ref());
        match failures.reduce(Option::and).flatten() {
            Some(error) => TaskError::StartFailed(Arc::clone(error)),
            None => TaskError::Closed,
        }
    }
}

/// The right to run one task (or chunk) on one runtime. Dropped when the task has ended.
pub(crate) struct Permit {
    permits: Arc<Permits>,
    runtime: usize,
    nested: bool,
}

impl Permit {
    pub(crate) fn runtime(&self) -> usize {
        self.runtime
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.permits.state();
        let runtime = &mut state.runtimes[self.runtime];
        *(if self.nested { &mut runtime.nested } else { &mut runtime.taken }) -= 1;
        drop(state);
        self.permits.changed.notify_waiters();
    }
}
