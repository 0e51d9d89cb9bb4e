//! A prototype: the same strategy, with a `RuntimePool` in place of threads and shares.

use client_core::{Plan, Shape, Strategy, limits, nonblocking};
use runtime_pool::RuntimePool;
use std::{num::NonZeroUsize, process::ExitCode};

#[derive(clap::Args)]
struct Options {
    /// Runtimes, each on its own thread; the default is the number of CPUs
    #[arg(long, value_parser = limits::runtimes, default_value_t = limits::cpus())]
    runtimes: NonZeroUsize,
    /// The most requests under way at once, over all runtimes [default: all]
    #[arg(short, long, value_name = "N", value_parser = limits::count)]
    concurrency: Option<NonZeroUsize>,
}

impl Strategy for Options {
    fn shape(&self, requests: NonZeroUsize) -> Shape {
        Shape::shared_out(requests, self.runtimes, self.concurrency)
    }
}

fn main() -> ExitCode {
    nonblocking::run::<Options>("hybrid", fetch_all)
}

fn fetch_all(plan: &Plan) -> anyhow::Result<()> {
    let (own, slots) = (plan.clone(), plan.slots());
    let pool = RuntimePool::builder()
        .runtimes(plan.shares().len())
        .total_tasks(slots.get())
        .try_start(async move |_| nonblocking::client(&own, slots))
        .build()?;
    let fetches = pool.map_unordered(plan.requests(), async |client, request| {
        nonblocking::fetch(client, request).await;
    });
    fetches.blocking().collect::<Result<(), _>>()?;
    pool.blocking_close();
    Ok(())
}
