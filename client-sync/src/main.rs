//! Strategy: one request after another, on the main thread.

use std::process::ExitCode;

use client_core::clients::Sync;
use client_core::{Plan, blocking};

fn main() -> ExitCode {
    client_core::run(fetch_all)
}

fn fetch_all(plan: &Plan, _: &Sync) -> anyhow::Result<()> {
    let client = blocking::client(plan)?;

    for request in plan.requests() {
        client.fetch(request);
    }
    Ok(())
}
