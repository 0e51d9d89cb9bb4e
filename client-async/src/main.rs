//! Strategy: one async runtime, and a task for each request.

use std::{num::NonZeroUsize, process::ExitCode};

use client_core::{Plan, Shape, Strategy, limits, nonblocking};
use tokio::runtime::Builder;

#[derive(clap::Args)]
struct Options {
    /// The most requests under way at once [default: all]
    #[arg(short, long, value_name = "N", value_parser = limits::count)]
    concurrency: Option<NonZeroUsize>,
    /// Threads that run the tasks; the default is the number of CPUs
    #[arg(long, value_parser = limits::runtimes, default_value_t = limits::cpus())]
    worker_threads: NonZeroUsize,
}

impl Strategy for Options {
    fn shape(&self, requests: NonZeroUsize) -> Shape {
        Shape::queue(requests, self.concurrency).with_threads(self.worker_threads)
    }
}

fn main() -> ExitCode {
    nonblocking::run::<Options>("async", fetch_all)
}

fn fetch_all(plan: &Plan) -> anyhow::Result<()> {
    let threads = plan.worker_threads().get();
    let mut runtime = Builder::new_multi_thread();
    let runtime = runtime.worker_threads(threads).enable_all().build()?;
    runtime.block_on(runtime.spawn(fetch_on_a_worker(plan.clone())))?
}

async fn fetch_on_a_worker(plan: Plan) -> anyhow::Result<()> {
    let client = nonblocking::client(&plan, plan.slots())?;
    let fetches = plan.requests().map(|r| nonblocking::fetch(&client, r));
    nonblocking::join(fetches.map(tokio::spawn)).await
}
