//! Strategy: several async runtimes, each on its own thread with tasks of its own.

use client_core::{Plan, Shape, Share, Strategy, limits, nonblocking};
use std::{num::NonZeroUsize, process::ExitCode, thread};
use tokio::runtime::Builder;

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
    thread::scope(|scope| {
        let start = |share| scope.spawn(move || fetch_share(plan, share));
        client_core::join(plan.shares().iter().map(start))
    })
}

fn fetch_share(plan: &Plan, share: &Share) -> anyhow::Result<()> {
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let client = nonblocking::client(plan, share.slots)?;
        let fetches = plan.share(share).map(|r| nonblocking::fetch(&client, r));
        nonblocking::join(fetches.map(tokio::spawn)).await
    })
}
