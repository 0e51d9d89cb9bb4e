//! What was seen of one run of a program: the facts that a verdict is made of. No time is
//! among them.

use crate::program::process::Output;

/// The facts of one run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Observation {
    /// Each request that arrived, in this order.
    pub(crate) visits: Vec<ObservedRequest>,
    /// Rounds in which answers were given.
    pub(crate) rounds: usize,
    /// The most requests in flight at once.
    pub(crate) peak: usize,
    /// The most that stood in the server's own line while nothing else happened.
    pub(crate) in_line: usize,
    /// Connections that carried requests.
    pub(crate) connections: usize,
    /// Lines that said that a request was begun, until the first answer was given.
    pub(crate) begun: usize,
    /// Nothing else in the program got its turn while it waited, though it did before.
    pub(crate) stalled: bool,
    /// What was shown when the answer came that was to come last.
    pub(crate) before_last: Option<BeforeLast>,
    /// How it ended.
    pub(crate) ending: Termination,
    /// What it said.
    pub(crate) words: Output,
    /// Processes that it left running.
    pub(crate) left_running: usize,
}

/// One request, in rounds of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ObservedRequest {
    /// The round in which it arrived, from 0.
    pub(crate) arrived: usize,
    /// The round at whose end it was over.
    pub(crate) ended: usize,
    /// What became of it.
    pub(crate) fate: RequestOutcome,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestOutcome {
    /// It got the page.
    Answered,
    /// It got a 503 that was planned.
    Failed,
    /// It found the server full.
    Rejected,
    /// Its program went away, or gave it up.
    Aborted,
}

/// How many results were shown, of how many that were there to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BeforeLast {
    pub(crate) shown: usize,
    pub(crate) answered: usize,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Termination {
    /// By itself, with 0.
    #[default]
    Well,
    /// By itself, with another code, or by a signal.
    WithAnError(Option<i32>),
    /// It was ended while it waited for the answer that never comes.
    WaitingForEver,
    /// It was ended, since nothing happened any more.
    Stuck,
    /// It was ended, since it sent far too many requests.
    Flooding,
}

impl Observation {
    /// How many requests had this fate.
    pub(crate) fn count(&self, fate: RequestOutcome) -> usize {
        self.visits.iter().filter(|visit| visit.fate == fate).count()
    }
}
