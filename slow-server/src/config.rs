//! All that a server is started with: how its page behaves, its limits, and its access.

use std::num::NonZeroUsize;
use std::time::Duration;

use crate::access::Access;
use crate::behavior::concurrency::WhenFull;
use crate::behavior::gate::ResponseGate;
use crate::behavior::schedule::Schedule;
use crate::behavior::settings::{Settings, parse_share};
use crate::net::limits::Limits;

/// How the page behaves. The flags of `slow-server`, and of `compare` for the
/// server that it starts inside itself.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "How the server behaves")]
pub struct Config {
    /// Delay before each response
    #[arg(long, value_name = "TIME", default_value = "3s", value_parser = units::parse_duration)]
    pub delay: Duration,

    /// Add a time between 0 and this to each delay, as --seed decides
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = units::parse_duration)]
    pub jitter: Duration,

    /// Share of requests that get a 503 after their delay, from 0 to 1, as --seed decides
    #[arg(long, value_name = "SHARE", default_value = "0", value_parser = parse_share)]
    pub fail_rate: f64,

    /// Seed that decides which requests are slow and which fail: the same for every client
    #[arg(long, value_name = "N", default_value = "0")]
    pub seed: u64,

    /// Serve at most N requests at a time; 1 is like the tutorial's server without threads
    /// [default: no limit]
    #[arg(long, value_name = "N", value_parser = units::parse_count)]
    pub max_concurrent: Option<NonZeroUsize>,

    /// What happens to a request beyond --max-concurrent
    #[arg(long, value_name = "WHAT", default_value = "queue")]
    pub when_full: WhenFull,

    /// Longest delay that a request may ask for with ?delay=
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = units::parse_duration)]
    pub max_delay: Duration,

    /// What the sockets may take; not a flag, since the defaults fit the machine.
    #[arg(skip)]
    pub limits: Limits,

    /// What a request needs to see and to change it; not a flag, since it follows from the
    /// address.
    #[arg(skip)]
    pub access: Access,

    /// Responds when the gate is opened and not when the delay is over. Tests prove a
    /// client's strategy with it, without luck in timing.
    #[arg(skip)]
    pub gate: Option<ResponseGate>,

    /// Keeps a record of every event, for [`crate::Stats::journal`].
    #[arg(skip)]
    pub journal: bool,
}

impl Default for Config {
    /// The tutorial's page: three seconds, without a limit on concurrency.
    fn default() -> Self {
        Self {
            delay: Duration::from_secs(3),
            jitter: Duration::ZERO,
            fail_rate: 0.0,
            seed: 0,
            max_concurrent: None,
            when_full: WhenFull::Queue,
            max_delay: Duration::from_mins(1),
            limits: Limits::default(),
            access: Access::default(),
            gate: None,
            journal: false,
        }
    }
}

impl Config {
    /// The delays and failures that a server with this configuration begins with.
    #[must_use]
    pub fn schedule(&self) -> Schedule {
        let &Self { delay, jitter, fail_rate, seed, .. } = self;
        Schedule { delay, jitter, fail_rate, seed }
    }

    /// What can be changed while it runs, as it is at first.
    pub(crate) fn settings(&self) -> Settings {
        let &Self { max_concurrent, when_full, .. } = self;
        Settings { schedule: self.schedule(), max_concurrent, when_full }
    }
}
