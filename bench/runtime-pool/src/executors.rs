//! The same tasks, with the same limit, on three kinds of runtime.

use std::sync::Arc;

use clap::ValueEnum;
use runtime_pool::RuntimePool;
use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::task::LocalPoolHandle;

use crate::case::Run;

/// What runs the tasks.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Executor {
    /// `runtime-pool`, outcomes in the order of the input
    RuntimePool,
    /// `runtime-pool`, outcomes as they come
    Unordered,
    /// tokio-util's `LocalPoolHandle`, with a semaphore
    LocalPool,
    /// Tokio's multi-thread runtime, with a `JoinSet` and a semaphore
    MultiThread,
}

/// Starts the runtimes, runs all tasks, and ends the runtimes.
pub(crate) fn run_on(executor: Executor, run: &Arc<Run>) -> anyhow::Result<()> {
    match executor {
        Executor::RuntimePool | Executor::Unordered => {
            on_runtime_pool(executor, run)
        }
        Executor::LocalPool => {
            // It needs a runtime to submit from.
            let runtime = Builder::new_current_thread().build()?;
            runtime.block_on(on_local_pool(run))
        }
        Executor::MultiThread => {
            let mut builder = Builder::new_multi_thread();
            let runtime =
                builder.worker_threads(run.case.runtimes).enable_all().build()?;
            runtime.block_on(on_multi_thread(run))
        }
    }
}

fn on_runtime_pool(executor: Executor, run: &Arc<Run>) -> anyhow::Result<()> {
    let case = &run.case;
    let pool = RuntimePool::builder()
        .runtimes(case.runtimes)
        .tasks_per_runtime(case.concurrency)
        .build()?;
    let task = {
        let run = Arc::clone(run);
        async move |(): &(), number| run.task(number).await
    };
    let outcomes = match executor {
        Executor::Unordered => pool.map_unordered(0..case.tasks, task),
        _ => pool.map(0..case.tasks, task),
    };
    for outcome in outcomes.chunks(case.chunk).blocking() {
        outcome?;
    }
    pool.blocking_close();
    Ok(())
}

async fn on_local_pool(run: &Arc<Run>) -> anyhow::Result<()> {
    let case = &run.case;
    let pool = LocalPoolHandle::new(case.runtimes);
    let permits = Arc::new(Semaphore::new(case.runtimes * case.concurrency));
    let mut tasks = JoinSet::new();
    for number in 0..case.tasks {
        let permit = Arc::clone(&permits).acquire_owned().await?;
        let run = Arc::clone(run);
        let handle = pool.spawn_pinned(move || async move {
            run.task(number).await;
            drop(permit);
        });
        tasks.spawn(handle);
        while let Some(done) = tasks.try_join_next() {
            done??;
        }
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}

async fn on_multi_thread(run: &Arc<Run>) -> anyhow::Result<()> {
    let case = &run.case;
    let permits = Arc::new(Semaphore::new(case.runtimes * case.concurrency));
    let mut tasks = JoinSet::new();
    for number in 0..case.tasks {
        let permit = Arc::clone(&permits).acquire_owned().await?;
        let run = Arc::clone(run);
        tasks.spawn(async move {
            run.task(number).await;
            drop(permit);
        });
        while let Some(done) = tasks.try_join_next() {
            done?;
        }
    }
    while let Some(done) = tasks.join_next().await {
        done?;
    }
    Ok(())
}
