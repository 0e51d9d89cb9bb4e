//! What the handles of a pool share, and how they submit tasks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::dispatcher::Job;
use crate::error::Outcome;
use crate::task::{self, Report};
use crate::worker::Shared;

/// What all handles of a pool share. The threads don't have it, so they end with the last one.
pub(crate) struct Inner<S: 'static> {
    pub(crate) shared: Arc<Shared<S>>,
    pub(crate) task_timeout: Option<Duration>,
    /// The most tasks at a time, over all runtimes.
    pub(crate) tasks: usize,
}

impl<S: 'static> Inner<S> {
    /// Submits a job: its tasks run on one runtime, one after another. Returns what will be
    /// their outcomes, and whether it was sent to a runtime.
    pub(crate) async fn submit<F, R>(
        &self,
        tasks: Vec<F>,
        cancel: CancellationToken,
    ) -> (oneshot::Receiver<Vec<Outcome<R>>>, bool)
    where
        F: AsyncFnOnce(&S) -> R + Send + 'static,
        R: Send + 'static,
    {
        let Inner { shared, task_timeout, .. } = self;
        let timeout = *task_timeout;
        let (mut report, outcomes) =
            Report::new(tasks.len(), shared.on_error.clone());
        let job: Job<S> = Box::new(move |given| match given {
            Ok((local, permit)) => {
                let state = Rc::clone(&local.state);
                local.tasks.spawn_local(async move {
                    for task in tasks {
                        // Boxed, since what is around it would hold it several times.
                        let task = Box::pin(async { task(&state).await });
                        report.push(task::run(task, timeout, &cancel).await);
                    }
                    // The permit is free before the outcomes are received.
                    drop(permit);
                    drop(report);
                });
            }
            Err(error) => {
                report.fill(&error);
                // The panic of a destructor must not reach the caller, which has other jobs
                // to refuse.
                let _ = catch_unwind(AssertUnwindSafe(|| drop(tasks)));
            }
        });
        let was_sent = shared.dispatcher.submit(job).await;
        (outcomes, was_sent)
    }
}

impl<S: 'static> Drop for Inner<S> {
    fn drop(&mut self) {
        self.shared.dispatcher.terminate();
    }
}
