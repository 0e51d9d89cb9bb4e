//! What was observed of one run of a program: the facts that a diagnosis is made of. No time
//! is among them.

use super::output::Output;

/// The facts of one run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Observation {
    /// Each request that arrived, in order of arrival.
    pub(crate) requests: Vec<ObservedRequest>,
    /// Rounds in which responses were released.
    pub(crate) rounds: usize,
    /// The most requests in flight at once.
    pub(crate) peak: usize,
    /// The most requests in the server's own queue while nothing else happened.
    pub(crate) queued: usize,
    /// Connections that carried requests.
    pub(crate) connections: usize,
    /// Requests that the program had announced when the first response was released.
    pub(crate) announced: usize,
    /// No other task of the program ran while it waited, though it did before.
    pub(crate) stalled: bool,
    /// What was shown when the response came that was to come last.
    pub(crate) before_last: Option<BeforeLast>,
    /// How the program ended.
    pub(crate) termination: Termination,
    /// What it printed.
    pub(crate) output: Output,
    /// Processes that it left running.
    pub(crate) orphans: usize,
}

/// One request, in rounds of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ObservedRequest {
    /// The round in which it arrived, from 0.
    pub(crate) arrived: usize,
    /// The round at whose end it was over.
    pub(crate) ended: usize,
    /// How it ended.
    pub(crate) outcome: RequestOutcome,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestOutcome {
    /// It got the page.
    Answered,
    /// It got a 503 that was planned.
    Failed,
    /// The server was full.
    Rejected,
    /// The client disconnected, or gave it up.
    Aborted,
}

/// How many results were shown, of how many that were there to show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct BeforeLast {
    pub(crate) shown: usize,
    pub(crate) answered: usize,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Termination {
    /// By itself, with exit code 0.
    #[default]
    Success,
    /// By itself with another exit code, or by a signal.
    Failure(Option<i32>),
    /// Killed while it waited for the response that never comes.
    WaitingForEver,
    /// Killed, since nothing happened any more.
    Stuck,
    /// Killed, since it sent far too many requests.
    Flooding,
}

impl Observation {
    /// The number of requests with this outcome.
    pub(crate) fn count(&self, outcome: RequestOutcome) -> usize {
        self.requests.iter().filter(|request| request.outcome == outcome).count()
    }
}
