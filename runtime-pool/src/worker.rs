//! A thread with a runtime of its own, which runs the jobs that are sent to it.

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
use tokio::task::{unconstrained, yield_now};
use tokio_util::task::TaskTracker;

use crate::context;
use crate::dispatcher::{Dispatcher, Job, Permit};
use crate::error::{StartError, TaskError, panic_message};
use crate::task::{Local, OnError, call_hook};

/// Makes the value that a runtime lends to its tasks.
pub(crate) type Start<S> =
    Arc<dyn Fn(usize) -> LocalBoxFuture<'static, Result<S, BoxError>> + Send + Sync>;

pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// What all workers of a pool have in common.
pub(crate) struct Shared<S> {
    pub(crate) dispatcher: Arc<Dispatcher<S>>,
    pub(crate) start: Start<S>,
    pub(crate) configure: Arc<dyn Fn(&mut Builder) + Send + Sync>,
    pub(crate) replace_after: usize,
    pub(crate) on_error: OnError,
    /// The threads that have not ended.
    pub(crate) threads: TaskTracker,
}

/// One of the runtimes. It is replaced by a successor, with the same index and the same jobs
/// to come, when it has run its share.
pub(crate) struct Worker<S> {
    pub(crate) index: usize,
    pub(crate) jobs: UnboundedReceiver<(Job<S>, Permit<S>)>,
    pub(crate) shared: Arc<Shared<S>>,
    /// For the jobs that are left when it ends.
    pub(crate) refusal: TaskError,
}

/// The most jobs that are taken before their tasks are polled: otherwise thousands would begin
/// before the first of them sends anything.
const BATCH: usize = 16;

impl<S: 'static> Worker<S> {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// The system has no more threads. The worker is given back, with its jobs.
    pub(crate) fn spawn(self) -> Result<(), (Self, io::Error)> {
        let token = self.shared.threads.token();
        let dispatcher = Arc::clone(&self.shared.dispatcher);
        let name = format!("runtime-pool-{}", self.index);
        // It is sent to the thread once that exists: given to the closure, it would be lost
        // with it.
        let (to_thread, received) = std_mpsc::channel::<Self>();
        let spawned = thread::Builder::new().name(name).spawn(move || {
            let _token = token;
            context::enter(&dispatcher);
            if let Ok(worker) = received.recv() {
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
        match self.runtime() {
            Ok(runtime) => {
                // Panics in a hook of Tokio's, or in the destructor of the start value.
                let serve = AssertUnwindSafe(|| runtime.block_on(self.serve()));
                let _ = catch_unwind(serve);
                // Drops the tasks, but does not wait for blocking calls, such as a name
                // lookup, which can't be aborted.
                runtime.shutdown_background();
            }
            Err(error) => self.fail(error),
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

    /// Runs the start function and then jobs, until the pool has ended or it is replaced.
    async fn serve(mut self) {
        let Shared { dispatcher, start, replace_after, .. } =
            &*Arc::clone(&self.shared);
        let ended = &dispatcher.ended;
        let start = AssertUnwindSafe(async { start(self.index).await });
        let state = match ended.run_until_cancelled(start.catch_unwind()).await {
            Some(Ok(Ok(state))) => Rc::new(state),
            Some(Ok(Err(error))) => return self.fail(error),
            Some(Err(panic)) => return self.fail(panic_message(&*panic).into()),
            None => return,
        };
        dispatcher.started(self.index, None);
        let local = Local { state, tasks: TaskTracker::new() };
        let mut left = *replace_after;
        let mut batch = Vec::new();
        while left > 0 {
            select! {
                biased;
                () = ended.cancelled() => return,
                _ = self.jobs.recv_many(&mut batch, left.min(BATCH)) => {}
            }
            left -= batch.len();
            for (job, permit) in batch.drain(..) {
                job(Ok((&local, permit)));
            }
            yield_now().await;
        }
        // The successor starts now, since the last of the tasks here may take long.
        if let Err((worker, error)) = self.spawn() {
            worker.fail(error.into());
        }
        local.tasks.close();
        ended.run_until_cancelled(local.tasks.wait()).await;
    }

    /// Takes this runtime out of the pool. Its jobs are refused with the error.
    fn fail(mut self, error: BoxError) {
        self.leave_pool(error);
    }
}

impl<S> Worker<S> {
    fn leave_pool(&mut self, error: BoxError) {
        let error = StartError::from(error);
        self.refusal = TaskError::StartFailed(Arc::clone(&error));
        self.shared.dispatcher.started(self.index, Some(error));
        call_hook(&self.shared.on_error, &self.refusal);
    }
}

impl<S> Drop for Worker<S> {
    /// Refuses all jobs that are left, also those that are just being sent.
    fn drop(&mut self) {
        if thread::panicking() && !self.shared.dispatcher.ended.is_cancelled() {
            self.leave_pool("its thread has panicked".into());
        }
        self.jobs.close();
        let mut next = || pollster::block_on(unconstrained(self.jobs.recv()));
        while let Some((job, _permit)) = next() {
            job(Err(self.refusal.clone()));
        }
    }
}
