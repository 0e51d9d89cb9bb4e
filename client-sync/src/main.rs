//! Strategy: one request after another, on the main thread.

use std::process::ExitCode;

use client_core::{Outcome, Plan, blocking};

fn main() -> ExitCode {
    client_core::run("sync", fetch_all)
}

fn fetch_all(plan: &Plan) -> anyhow::Result<Vec<Outcome>> {
    let client = blocking::client(plan)?;

    Ok(plan.requests().map(|request| blocking::fetch(&client, &request)).collect())
}
