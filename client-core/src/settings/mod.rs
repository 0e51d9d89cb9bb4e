//! The settings of a run, from the command line, before anything is sent.

pub mod layout;
pub mod limits;
pub mod resources;
pub mod run_name;
pub(crate) mod targets;
pub(crate) mod transport;
pub mod workload;

use std::time::Duration;

use reqwest::Url;

use crate::settings::layout::Layout;
use crate::settings::run_name::RunName;
use crate::settings::transport::TransportArgs;
use crate::settings::workload::Workload;

/// What all clients are asked alike.
#[derive(Debug, Clone)]
pub(crate) struct RunSettings {
    /// The strategy's name, sent with every request.
    pub client: &'static str,
    /// The name of this run, sent with every request in place of a random number.
    pub name: Option<RunName>,
    /// The page to fetch.
    pub url: Url,
    /// How often to fetch it, or for how long.
    pub workload: Workload,
    /// The time limit of one request, from its start to the last byte of its response.
    pub timeout: Duration,
    /// CPU time that is spent on each response, on the thread that received it.
    pub work: Duration,
    /// The user's assumption for the delay of a server that does not report its own.
    pub assumed_delay: Option<Duration>,
    /// Which worker takes which request, and the most in flight.
    pub layout: Layout,
    /// How the requests are sent, where that can be chosen.
    pub transport: Option<TransportArgs>,
    /// Whether to keep what became of each request, and not only how many ended how.
    pub keep_outcomes: bool,
}

impl RunSettings {
    /// The most that a connection may take: half of the whole, so that a request without
    /// one says that it had none, also where a busy machine looks at its clocks late.
    pub(crate) fn connect_timeout(&self) -> Duration {
        self.timeout / 2
    }
}
