//! The same tasks, with the same limit, on three kinds of runtime.

use std::sync::Arc;

use runtime_pool::RuntimePool;
use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::task::LocalPoolHandle;

use crate::{Case, Way};

/// Starts the runtimes, runs all tasks, and ends the runtimes.
pub(crate) fn run(way: Way, case: &Case) -> anyhow::Result<()> {
    match way {
        Way::RuntimePool | Way::Unordered => on_runtime_pool(way, case),
        Way::LocalPool => {
            // It needs a runtime for whoever submits.
            let runtime = Builder::new_current_thread().build()?;
            runtime.block_on(on_local_pool(case))
        }
        Way::MultiThread => {
            let mut builder = Builder::new_multi_thread();
            let runtime = builder.worker_threads(case.runtimes).enable_all().build()?;
            runtime.block_on(on_multi_thread(case))
        }
    }
}

fn on_runtime_pool(way: Way, case: &Case) -> anyhow::Result<()> {
    let pool = RuntimePool::builder()
        .runtimes(case.runtimes)
        .tasks_per_runtime(case.concurrency)
        .build()?;
    let shared = case.clone();
    let task = async move |(): &(), number| shared.task(number).await;
    let outcomes = match way {
        Way::Unordered => pool.map_unordered(0..case.tasks, task),
        _ => pool.map(0..case.tasks, task),
    };
    for outcome in outcomes.chunks(case.chunk).blocking() {
        outcome?;
    }
    pool.blocking_close();
    Ok(())
}

async fn on_local_pool(case: &Case) -> anyhow::Result<()> {
    let pool = LocalPoolHandle::new(case.runtimes);
    let permits = Arc::new(Semaphore::new(case.runtimes * case.concurrency));
    let case = Arc::new(case.clone());
    let mut tasks = JoinSet::new();
    for number in 0..case.tasks {
        let permit = Arc::clone(&permits).acquire_owned().await?;
        let case = Arc::clone(&case);
        let handle = pool.spawn_pinned(move || async move {
            case.task(number).await;
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

async fn on_multi_thread(case: &Case) -> anyhow::Result<()> {
    let permits = Arc::new(Semaphore::new(case.runtimes * case.concurrency));
    let case = Arc::new(case.clone());
    let mut tasks = JoinSet::new();
    for number in 0..case.tasks {
        let permit = Arc::clone(&permits).acquire_owned().await?;
        let case = Arc::clone(&case);
        tasks.spawn(async move {
            case.task(number).await;
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
