//! Strategy: one async runtime, and a task for each request.

use std::process::ExitCode;
use std::sync::Arc;

use client_core::clients::Async;
use client_core::{Plan, nonblocking};
use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

fn main() -> ExitCode {
    client_core::run(fetch_all)
}

fn fetch_all(plan: &Plan, options: &Async) -> anyhow::Result<()> {
    let threads = options.worker_threads.get();
    let runtime =
        Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    runtime.block_on(fetch_concurrently(plan, plan.concurrency()))
}

async fn fetch_concurrently(plan: &Plan, concurrency: usize) -> anyhow::Result<()> {
    let client = nonblocking::client(plan)?;
    let permits = Arc::new(Semaphore::new(concurrency));
    let mut tasks = JoinSet::new();

    for request in plan.requests() {
        let permit = Arc::clone(&permits).acquire_owned().await?;
        let client = client.clone();
        tasks.spawn(async move {
            client.fetch(request).await;
            drop(permit);
        });
        // Collect what has finished, so that only what is in flight is kept.
        while tasks.try_join_next().is_some() {}
    }
    while tasks.join_next().await.is_some() {}
    Ok(())
}
