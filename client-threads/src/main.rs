//! Strategy: a pool of threads, and each thread waits for one request at a time.

use std::{num::NonZeroUsize, process::ExitCode};

use client_core::{Plan, Shape, Strategy, blocking, limits};
use rayon::{ThreadPoolBuilder, prelude::*};

#[derive(clap::Args)]
struct Options {
    /// Threads in the pool
    #[arg(long, default_value = "8", value_parser = limits::pool_threads)]
    threads: NonZeroUsize,
    /// Requests that a thread takes at a time; the tutorial's pool took 4
    #[arg(long, default_value = "1", value_parser = limits::count)]
    chunk_size: NonZeroUsize,
}

impl Strategy for Options {
    fn shape(&self, requests: NonZeroUsize) -> Shape {
        Shape::pool(requests, self.threads, self.chunk_size)
    }
}

fn main() -> ExitCode {
    client_core::run_with::<Options>("threads", fetch_all)
}

fn fetch_all(plan: &Plan) -> anyhow::Result<()> {
    let client = blocking::client(plan)?;
    let pool = ThreadPoolBuilder::new().num_threads(plan.slots().get()).build()?;
    let requests: Vec<_> = plan.requests().collect();

    // A bridge hands out the chunks in order, one to whichever thread is free. Split
    // in the usual way, one thread may be given several while another has none.
    let chunks = requests.chunks(plan.chunk().get()).par_bridge();
    pool.install(|| chunks.for_each(|chunk| blocking::fetch_each(&client, chunk)));
    Ok(())
}
