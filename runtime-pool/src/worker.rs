//! A thread with a runtime of its own, which runs the jobs that are sent to it.

use std::cell::Cell;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Arc, mpsc as std_mpsc};
use std::{io, thread};

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use tokio::runtime::{Builder, LocalOptions, LocalRuntime};
use tokio::select;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::error::{StartError, TaskError, panic_message};
use crate::permits::Permits;
use crate::task::{Job, Local, OnError, tell};

/// Makes the value that a runtime lends to its tasks.
pub(crate) type Start<S> =
    Arc<dyn Fn(usize) -> LocalBoxFuture<'static, Result<S, BoxError>> + Send + Sync>;

pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// What all workers of a pool have in common.
pub(crate) struct Shared<S> {
    pub(crate) permits: Arc<Permits>,
    pub(crate) start: Start<S>,
    pub(crate) configure: Arc<dyn Fn(&mut Builder) + Send + Sync>,
    pub(crate) replace_after: usize,
    pub(crate) on_error: OnError,
    /// All tasks have ended, and no more come: stop.
    pub(crate) stop: CancellationToken,
    /// Stop now, and drop the tasks in flight.
    pub(crate) terminate: CancellationToken,
    /// The threads that have not ended.
    pub(crate) threads: TaskTracker,
}

/// One of the runtimes. It is replaced by a successor, with the same index and the same jobs
/// to come, when it has run its share.
pub(crate) struct Worker<S> {
    pub(crate) index: usize,
    pub(crate) jobs: UnboundedReceiver<Job<S>>,
    pub(crate) shared: Arc<Shared<S>>,
}

/// The most jobs that are taken before tasks are polled.
const BATCH: usize = 64;

thread_local! {
    /// The permits of the pool that this thread belongs to, as an address to compare with.
    static POOL: Cell<Option<*const Permits>> = const { Cell::new(None) };
}

/// Whether the caller runs on a thread of the pool with these permits.
pub(crate) fn is_inside(permits: &Arc<Permits>) -> bool {
    POOL.get() == Some(Arc::as_ptr(permits))
}

/// Waits for `future` on this thread.
///
/// # Panics
///
/// On a thread of a pool: its tasks would stand still.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    assert!(
        POOL.get().is_none(),
        "this would block a runtime of the pool: in a task, use the async methods"
    );
    futures_executor::block_on(future)
}

impl<S: 'static> Worker<S> {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// The system has no more threads. The worker is given back, with its jobs.
    pub(crate) fn spawn(self) -> Result<(), (Self, io::Error)> {
        let token = self.shared.threads.token();
        let name = format!("runtime-pool-{}", self.index);
        // It is sent to the thread once that exists: given to the closure, it would be lost
        // with it.
        let (to_thread, received) = std_mpsc::channel::<Self>();
        let spawned = thread::Builder::new().name(name).spawn(move || {
            let _token = token;
            if let Ok(worker) = received.recv() {
                POOL.set(Some(Arc::as_ptr(&worker.shared.permits)));
                worker.run();
            }
        });
        match spawned {
            Ok(_detached) => {
                drop(to_thread.send(self));
                Ok(())
            }
            Err(error) => Err((self, error)),
        }
    }

    fn run(self) {
        let terminate = self.shared.terminate.clone();
        match self.runtime() {
            Ok(runtime) => {
                runtime.block_on(self.serve());
                if terminate.is_cancelled() {
                    // Drops the tasks, but does not wait for blocking calls, such as a name
                    // lookup, which can't be aborted.
                    runtime.shutdown_background();
                }
            }
            Err(error) => futures_executor::block_on(self.fail(error)),
        }
    }

    fn runtime(&self) -> Result<LocalRuntime, BoxError> {
        let build = || {
            let mut builder = Builder::new_current_thread();
            builder.enable_all();
            (self.shared.configure)(&mut builder);
            builder.build_local(LocalOptions::default())
        };
        match catch_unwind(AssertUnwindSafe(build)) {
            Ok(runtime) => Ok(runtime?),
            Err(panic) => Err(panic_message(&*panic).into()),
        }
    }

    /// Runs the start function and then jobs, until told to stop or replaced.
    async fn serve(mut self) {
        let terminate = self.shared.terminate.clone();
        let stop = self.shared.stop.clone();
        let start =
            AssertUnwindSafe(async { (self.shared.start)(self.index).await });
        let started = select! {
            started = start.catch_unwind() => started,
            () = terminate.cancelled() => return,
        };
        let state = match started {
            Ok(Ok(state)) => Rc::new(state),
            Ok(Err(error)) => return self.fail(error).await,
            Err(panic) => return self.fail(panic_message(&*panic).into()).await,
        };
        self.shared.permits.started(self.index, None);
        let local = Local { state, tasks: TaskTracker::new() };
        let mut left = self.shared.replace_after;
        let mut batch = Vec::new();
        while left > 0 {
            select! {
                biased;
                () = terminate.cancelled() => return,
                () = stop.cancelled() => return,
                _ = self.jobs.recv_many(&mut batch, left.min(BATCH)) => {}
            }
            left -= batch.len();
            batch.drain(..).for_each(|job| job(Ok(&local)));
        }
        // The successor starts now, since the last of the tasks here may take long.
        if let Err((worker, error)) = self.spawn() {
            worker.fail(error.into()).await;
        }
        local.tasks.close();
        select! {
            () = local.tasks.wait() => {}
            () = terminate.cancelled() => {}
        }
    }

    /// Gives no more tasks to this runtime. Those that it was given hear why they can't run.
    async fn fail(mut self, error: BoxError) {
        let error: StartError = error.into();
        self.shared.permits.started(self.index, Some(Arc::clone(&error)));
        let error = TaskError::StartFailed(error);
        tell(&self.shared.on_error, &error);
        self.jobs.close();
        while let Some(job) = self.jobs.recv().await {
            job(Err(error.clone()));
        }
    }
}
