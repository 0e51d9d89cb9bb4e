//! One task on its runtime, from its start to its outcome.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::oneshot;
use tokio::{select, time};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::error::{Outcome, TaskError, panic_message};

/// What a runtime has for its tasks.
pub(crate) struct Local<S> {
    /// What the start function made.
    pub(crate) state: Rc<S>,
    /// The tasks that are not done.
    pub(crate) tasks: TaskTracker,
}

/// Called for each task that ended without a result.
pub(crate) type OnError = Option<Arc<dyn Fn(&TaskError) + Send + Sync>>;

pub(crate) fn call_hook(on_error: &OnError, error: &TaskError) {
    if let Some(on_error) = on_error {
        // A panic in there must not cost the task its outcome.
        let _ = catch_unwind(AssertUnwindSafe(|| on_error(error)));
    }
}

/// Runs one task until it ends, panics, takes too long or is cancelled. Whichever it is, its
/// future has been dropped when this returns.
pub(crate) async fn run<R>(
    task: impl Future<Output = R>,
    timeout: Option<Duration>,
    cancel: &CancellationToken,
) -> Outcome<R> {
    let limited = async {
        match timeout {
            // Boxed, since most have none.
            Some(limit) => Box::pin(time::timeout(limit, task))
                .await
                .map_err(|_| TaskError::TimedOut(limit)),
            None => Ok(task.await),
        }
    };
    let cancelled = async {
        if cancel.is_cancelled() {
            return Err(TaskError::Cancelled);
        }
        select! {
            // The token has a lock for all tasks: a ready task doesn't touch it.
            biased;
            outcome = limited => outcome,
            () = cancel.cancelled() => Err(TaskError::Cancelled),
        }
    };
    // Around everything, since the destructor of a future can panic as well.
    let caught = AssertUnwindSafe(cancelled).catch_unwind().await;
    caught.unwrap_or_else(|panic| Err(TaskError::Panicked(panic_message(&*panic))))
}

/// Collects the outcomes of one job. When it is dropped, it sends them, and those that are
/// missing are [`TaskError::Cancelled`]: so each task has one, whatever becomes of it.
pub(crate) struct Report<R> {
    outcomes: Vec<Outcome<R>>,
    expected: usize,
    to: Option<oneshot::Sender<Vec<Outcome<R>>>>,
    on_error: OnError,
}

impl<R> Report<R> {
    pub(crate) fn new(
        expected: usize,
        on_error: OnError,
    ) -> (Self, oneshot::Receiver<Vec<Outcome<R>>>) {
        let (to, received) = oneshot::channel();
        let outcomes = Vec::with_capacity(expected);
        (Self { outcomes, expected, to: Some(to), on_error }, received)
    }

    pub(crate) fn push(&mut self, outcome: Outcome<R>) {
        // A failed start is reported once, and not again for each task that is then not run.
        if let Err(error) = &outcome
            && !matches!(error, TaskError::StartFailed(_) | TaskError::Closed)
        {
            call_hook(&self.on_error, error);
        }
        self.outcomes.push(outcome);
    }

    /// Gives all tasks that have no outcome this one.
    pub(crate) fn fill(&mut self, error: &TaskError) {
        while self.outcomes.len() < self.expected {
            self.push(Err(error.clone()));
        }
    }
}

impl<R> Drop for Report<R> {
    fn drop(&mut self) {
        self.fill(&TaskError::Cancelled);
        if let Some(to) = self.to.take() {
            // The receiver may have been dropped.
            let _ = to.send(mem::take(&mut self.outcomes));
        }
    }
}
