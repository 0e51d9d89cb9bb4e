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
    has_started: bool,
    failure: Option<StartError>,
}

impl Permits {
    pub(crate) fn new(limits: &[usize], scheduler: Box<dyn Scheduler>) -> Self {
        let runtime = |&limit| Runtime {
            limit,
            taken: 0,
            nested: 0,
            has_started: false,
            failure: None,
        };
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
        let runtime = self.wait_for(|state| state.ask(nested)).await?;
        Ok(Permit { permits: Arc::clone(self), runtime, nested })
    }

    /// As [`acquire`](Self::acquire), first come, first served.
    pub(crate) async fn acquire_in_turn(
        self: &Arc<Self>,
        nested: bool,
    ) -> Result<Permit, TaskError> {
        let _turn = if nested { None } else { self.turn.acquire().await.ok() };
        self.acquire(nested).await
    }

    /// Waits until there are no permits any more.
    pub(crate) async fn refused(&self, nested: bool) {
        self.wait_for(|state| state.refusal(nested).map(drop)).await;
    }

    /// Waits until all permits have been returned.
    pub(crate) async fn all_returned(&self) {
        let is_idle = |runtime: &Runtime| runtime.taken + runtime.nested == 0;
        self.wait_for(|state| state.runtimes.iter().all(is_idle).then_some(()))
            .await;
    }

    /// Waits until all start functions have succeeded, or one has failed.
    pub(crate) async fn all_started(&self) -> Result<(), TaskError> {
        self.wait_for(|state| {
            let failure = state.runtimes.iter().find_map(|r| r.failure.clone());
            let all = state.runtimes.iter().all(|runtime| runtime.has_started);
            match failure {
                Some(error) => Some(Err(TaskError::StartFailed(error))),
                None if all => Some(Ok(())),
                None => state.refusal(false).map(Err),
            }
        })
        .await
    }

    /// From now on there are permits for nested tasks alone.
    pub(crate) fn close(&self) {
        self.change(|state| state.is_closed = true);
    }

    /// The start function of a runtime has succeeded, or has failed: then it gets no more tasks.
    pub(crate) fn started(&self, runtime: usize, failure: Option<StartError>) {
        self.change(|state| {
            let runtime = &mut state.runtimes[runtime];
            runtime.has_started = true;
            runtime.failure = failure;
        });
    }

    /// Why a job can't be sent any more.
    pub(crate) fn refusal(&self) -> TaskError {
        self.state().refusal(false).unwrap_or(TaskError::Cancelled)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changed.notify_waiters();
    }

    /// Waits until `answer` has one. It is asked again whenever something has changed.
    async fn wait_for<T>(
        &self,
        mut answer: impl FnMut(&mut State) -> Option<T>,
    ) -> T {
        loop {
            let changed = self.changed.notified();
            let answer = answer(&mut self.state());
            match answer {
                Some(answer) => return answer,
                None => changed.await,
            }
        }
    }

    // Nothing is half done where a scheduler may panic.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The runtime for a task, or why there is none any more, or `None` if all are full.
    fn ask(&mut self, nested: bool) -> Option<Result<usize, TaskError>> {
        if let Some(error) = self.refusal(nested) {
            return Some(Err(error));
        }
        self.free.clear();
        for (index, runtime) in self.runtimes.iter().enumerate() {
            let &Runtime { limit, taken, nested: extra, .. } = runtime;
            if runtime.failure.is_none() && (nested || taken < limit) {
                self.free.push(RuntimeLoad { index, running: taken + extra, limit });
            }
        }
        if self.free.is_empty() {
            return None;
        }
        let picked = self.scheduler.pick(&self.free).index;
        let runtime = &mut self.runtimes[picked];
        *(if nested { &mut runtime.nested } else { &mut runtime.taken }) += 1;
        Some(Ok(picked))
    }

    /// Why there are no permits any more, if so.
    fn refusal(&self, nested: bool) -> Option<TaskError> {
        // The error of the last one, if there is one in each.
        let failures = self.runtimes.iter().map(|runtime| runtime.failure.as_ref());
        match failures.reduce(Option::and).flatten() {
            Some(error) => Some(TaskError::StartFailed(Arc::clone(error))),
            None => (self.is_closed && !nested).then_some(TaskError::Closed),
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
        self.permits.change(|state| {
            let runtime = &mut state.runtimes[self.runtime];
            *(if self.nested { &mut runtime.nested } else { &mut runtime.taken }) -=
                1;
        });
    }
}
