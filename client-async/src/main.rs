//! Strategy: one async runtime, and a task for each request.

use std::{num::NonZeroUsize, process::ExitCode};

use client_core::{Outcome, Plan, Shape, Strategy, limits, nonblocking};
use tokio::{runtime::Runtime, task::JoinSet};

#[derive(clap::Args)]
struct Options {
    /// The most requests under way at once [default: all]
    #[arg(short, long, value_name = "N", value_parser = limits::count)]
    concurrency: Option<NonZeroUsize>,
}

impl Strategy for Options {
    fn shape(&self, requests: NonZeroUsize) -> Shape {
        Shape::queue(requests, self.concurrency)
    }
}

fn main() -> ExitCode {
    client_core::run_with::<Options>("async", fetch_all)
}

fn fetch_all(plan: &Plan) -> anyhow::Result<Vec<Outcome>> {
    Runtime::new()?.block_on(async {
        let client = nonblocking::client(plan, plan.slots())?;
        let fetches = plan.requests().map(|r| nonblocking::fetch(&client, r));
        Ok(fetches.collect::<JoinSet<_>>().join_all().await)
    })
}
