//! A case: how many tasks there are, and what each of them does.

use std::num::NonZeroUsize;
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use parking_lot::Mutex;
use tokio::time;

#[derive(Args, Clone)]
pub(crate) struct Case {
    #[arg(long, default_value_t = 1)]
    pub(crate) tasks: usize,
    /// Threads, each with a runtime where the way has several
    #[arg(long, default_value_t = 4)]
    pub(crate) runtimes: usize,
    /// Tasks at a time for each thread
    #[arg(long, default_value_t = 16)]
    pub(crate) concurrency: usize,
    /// Inputs to a chunk, for `runtime-pool`
    #[arg(long, default_value = "1")]
    pub(crate) chunk: NonZeroUsize,
    /// What each task does, in turn: seconds to sleep, or to block its thread if negative
    #[arg(long, value_delimiter = ',', allow_hyphen_values = true)]
    sleeps: Vec<f64>,
    /// Compute where a task would block its thread
    #[arg(long)]
    cpu: bool,
    /// The first task computes for this many seconds, and the time is that until all others
    /// have ended
    #[arg(long, value_name = "SECONDS")]
    stall: Option<f64>,
}

/// One run of a case.
pub(crate) struct Run {
    pub(crate) case: Case,
    /// When the last task ended that was not the first one; only for `--stall`.
    last_end: Mutex<Option<Instant>>,
}

impl Run {
    pub(crate) fn new(case: Case) -> Self {
        Self { case, last_end: Mutex::default() }
    }

    pub(crate) fn others_ended(&self) -> Option<Instant> {
        *self.last_end.lock()
    }

    pub(crate) async fn task(&self, number: usize) {
        match self.case.stall {
            Some(seconds) if number == 0 => compute(seconds),
            _ => self.case.sleep().await,
        }
        if self.case.stall.is_some() && number > 0 {
            *self.last_end.lock() = Some(Instant::now());
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

fn compute(seconds: f64) {
    let start = Instant::now();
    while start.elapsed().as_secs_f64() < seconds {}
}
