//! Runs one case in one way and prints how long it took, in seconds: `run.py` does the rest.

mod ways;

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::Context;
use clap::{Args, Parser, ValueEnum};
use tokio::time;

#[derive(Parser)]
#[command(about)]
struct Command {
    way: Way,
    #[command(flatten)]
    case: Case,
    /// Run it so many times, and print the median
    #[arg(long, default_value_t = 1)]
    repeat: usize,
    /// Print the most memory that it has used instead, in kB, which Linux counts
    #[arg(long)]
    memory: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Way {
    /// `runtime-pool`, outcomes in the order of the input
    RuntimePool,
    /// `runtime-pool`, outcomes as they come
    Unordered,
    /// tokio-util's `LocalPoolHandle`, with a semaphore
    LocalPool,
    /// Tokio's multi-thread runtime, with a `JoinSet` and a semaphore
    MultiThread,
}

#[derive(Args, Clone)]
struct Case {
    #[arg(long, default_value_t = 1)]
    tasks: usize,
    /// Threads, each with a runtime where the way has several
    #[arg(long, default_value_t = 4)]
    runtimes: usize,
    /// Tasks at a time for each thread
    #[arg(long, default_value_t = 16)]
    concurrency: usize,
    /// Inputs to a chunk, for `runtime-pool`
    #[arg(long, default_value = "1")]
    chunk: NonZeroUsize,
    /// What each task does, in turn: seconds to sleep, or to block its thread if negative
    #[arg(long, value_delimiter = ',', allow_hyphen_values = true)]
    sleeps: Vec<f64>,
    /// Compute where a task would block its thread
    #[arg(long)]
    cpu: bool,
    /// The first task computes for so many seconds, and the time is that until all others
    /// have ended
    #[arg(long, value_name = "SECONDS")]
    stall: Option<f64>,
}

fn main() -> anyhow::Result<()> {
    let Command { way, case, repeat, memory } = Command::parse();
    let mut seconds = Vec::new();
    for _ in 0..repeat {
        let run = Arc::new(Run { case: case.clone(), others: Mutex::default() });
        let start = Instant::now();
        ways::run_in(way, &run)?;
        let end =
            run.others.lock().map_or(None, |end| *end).unwrap_or_else(Instant::now);
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

struct Run {
    case: Case,
    /// When the last task ended that was not the first one; only for `--stall`.
    others: Mutex<Option<Instant>>,
}

impl Run {
    async fn task(&self, number: usize) {
        match self.case.stall {
            Some(seconds) if number == 0 => compute(seconds),
            _ => self.case.sleep().await,
        }
        if self.case.stall.is_some()
            && number > 0
            && let Ok(mut last) = self.others.lock()
        {
            *last = Some(Instant::now());
        }
    }
}

impl Case {
    /// What aiomultiprocess's own measurement does in each task.
    async fn sleep(&self) {
        for &seconds in &self.sleeps {
            if seconds >= 0.0 {
                time::sleep(Duration::from_secs_f64(seconds)).await;
            } else if self.cpu {
                compute(-seconds);
            } else {
                thread::sleep(Duration::from_secs_f64(-seconds));
            }
        }
    }
}

/// `wait4` would count what the program that started this one had.
fn peak_memory_kb() -> anyhow::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let digits = peak.context("no VmHWM in /proc/self/status")?.trim();
    Ok(digits.trim_end_matches(" kB").parse()?)
}

fn compute(seconds: f64) {
    let start = Instant::now();
    while start.elapsed().as_secs_f64() < seconds {}
}
