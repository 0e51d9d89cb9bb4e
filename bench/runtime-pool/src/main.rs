//! Runs one case on one executor and prints how long it took, in seconds, for `run.py`.

mod case;
mod executors;

use std::fs;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use clap::Parser;

use crate::case::{Case, Run};
use crate::executors::{Executor, run_on};

#[derive(Parser)]
#[command(about)]
struct Command {
    #[arg(value_name = "WAY")]
    executor: Executor,
    #[command(flatten)]
    case: Case,
    /// Run it this many times, and print the median
    #[arg(long, default_value_t = 1)]
    repeat: usize,
    /// Print the most memory that it has used instead, in kB, which Linux counts
    #[arg(long)]
    memory: bool,
}

#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a script reads the figure, and shows what goes wrong"
)]
fn main() -> anyhow::Result<()> {
    let Command { executor, case, repeat, memory } = Command::parse();
    let mut seconds = Vec::new();
    for _ in 0..repeat {
        let run = Arc::new(Run::new(case.clone()));
        let start = Instant::now();
        run_on(executor, &run)?;
        let end = run.others_ended().unwrap_or_else(Instant::now);
        seconds.push((end - start).as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    if memory {
        println!("{}", peak_memory_kb()?);
    } else {
        println!("{}", seconds[repeat / 2]);
    }
    Ok(())
}

/// `wait4` would count what the program that started this one had.
fn peak_memory_kb() -> anyhow::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let digits = peak.context("no VmHWM in /proc/self/status")?.trim();
    Ok(digits.trim_end_matches(" kB").parse()?)
}
