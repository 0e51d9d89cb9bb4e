//! Strategy: several async runtimes, each on its own thread with tasks of its own.

use std::process::ExitCode;

use client_core::clients::Hybrid;
use client_core::{Plan, nonblocking};
use runtime_pool::RuntimePool;

fn main() -> ExitCode {
    client_core::run(fetch_all)
}

fn fetch_all(plan: &Plan, options: &Hybrid) -> anyhow::Result<()> {
    let (plan, requests) = (plan.clone(), plan.requests());
    let pool = RuntimePool::builder()
        .runtimes(options.runtimes.get())
        .total_tasks(plan.concurrency())
        .try_start(async move |_| nonblocking::client(&plan))
        .build()?;
    pool.blocking_started()?;

    let fetches = pool.map_unordered(requests, async |client, request| {
        client.fetch(request).await;
    });
    // The plan knows what became of each. A panic has cost its own and no other.
    fetches.blocking().for_each(drop);
    pool.blocking_close();
    Ok(())
}
