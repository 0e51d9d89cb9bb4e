//! Strategy: a pool of threads, and each thread waits for one request at a time.

use std::process::ExitCode;

use client_core::clients::Threads;
use client_core::{Plan, blocking};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

fn main() -> ExitCode {
    client_core::run(fetch_all)
}

fn fetch_all(plan: &Plan, options: &Threads) -> anyhow::Result<()> {
    let client = blocking::client(plan)?;
    let threads = options.threads.get();
    let pool = ThreadPoolBuilder::new().num_threads(threads).build()?;

    // A bridge hands out the chunks in order, one to whichever thread is free. Split
    // in the usual way, one thread may be given several while another has none.
    let chunks = plan.chunks(options.chunk_size).par_bridge();
    pool.install(|| {
        chunks.for_each(|chunk| {
            for request in chunk {
                client.fetch(request);
            }
        });
    });
    Ok(())
}
