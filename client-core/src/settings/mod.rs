//! What a client is asked to do, read from its command line before any server is asked.

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
    /// The most that one request may take, from its start to the last byte of its answer.
    pub timeout: Duration,
    /// CPU time that is spent on each answer, on the thread that it arrives on.
    pub work: Duration,
    /// The delay of a server that does not tell its own, as the user says.
    pub assumed_delay: Option<Duration>,
    /// Who takes which request, and how many at once.
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
