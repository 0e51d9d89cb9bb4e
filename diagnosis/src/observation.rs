//! What was observed of one run of a program: the facts that a diagnosis is made of. No time
//! is among them.

/// The facts of one run.
#[derive(Debug, Clone, Default)]
pub struct Observation {
    /// Each request that arrived, in order of arrival.
    pub requests: Vec<ObservedRequest>,
    /// Rounds in which responses were released.
    pub rounds: usize,
    /// The most requests in flight.
    pub peak: usize,
    /// The most requests in the server's own queue while nothing else happened.
    pub queued: usize,
    /// Connections that carried requests.
    pub connections: usize,
    /// Requests that the program gave up before their responses were released, by its end or
    /// earlier.
    pub abandoned: usize,
    /// Whether the program gave up the request whose response is never sent.
    pub gave_up_silent: bool,
    /// How the program ended.
    pub termination: Termination,
    /// Processes that it left running.
    pub orphans: usize,
    /// What its output says; `None` for a program whose output is no evidence.
    pub printed: Option<Printed>,
    /// What its text says; `None` where there is none to read.
    pub source: Option<Source>,
}

/// One request, in rounds of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObservedRequest {
    /// The round in which it arrived, from 0.
    pub arrived: usize,
    /// The round at whose end it was over.
    pub ended: usize,
    /// How it ended.
    pub outcome: RequestOutcome,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestOutcome {
    /// It got the page.
    Answered,
    /// It got a 503 that was planned.
    Failed,
    /// The server was full.
    Rejected,
    /// The client disconnected, or gave it up.
    Aborted,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Termination {
    /// By itself, with exit code 0.
    #[default]
    Success,
    /// By itself with another exit code, or by a signal.
    Failure(Option<i32>),
    /// Killed while it waited for the response that is never sent.
    WaitingForEver,
    /// Killed, since nothing happened any more.
    Stuck,
    /// Killed, since it sent far too many requests.
    Flooding,
}

/// What a program printed, as far as it is evidence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Printed {
    /// Results.
    pub results: usize,
    /// Requests that it had announced when the first response was released.
    pub announced: usize,
    /// Failed responses in the form of results.
    pub failures_as_results: usize,
    /// Lines about a failure: neither results nor announcements, nor printed without it; `None`
    /// where it was not run without it.
    pub about_failure: Option<usize>,
    /// Another task, which shows by its lines that it runs; `None` without one.
    pub spinner: Option<Spinner>,
    /// What was shown when the last response was sent.
    pub before_last: Option<BeforeLast>,
    /// Whether it says that it could not connect.
    pub could_not_connect: bool,
    /// Whether it panicked, and of what.
    pub panic: Option<Panic>,
}

/// What became of the spinner, a task beside those that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spinner {
    /// It turned while requests waited.
    Turned,
    /// It did not turn while requests waited, though it did before.
    StoodStill,
    /// It never turned.
    Absent,
}

/// How many results were shown, of how many that were there to show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BeforeLast {
    /// Results shown.
    pub shown: usize,
    /// Requests that had got the page.
    pub answered: usize,
}

/// What a panic was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Panic {
    /// A runtime was started or dropped inside another one.
    RuntimeInRuntime,
    /// Anything else.
    Other,
}

/// What the text of a program names: which explanations are possible at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each answers a question of its own"
)]
pub struct Source {
    /// Places where a task or a thread is started.
    pub spawns: usize,
    /// Whether several futures are polled together, or threads run together.
    pub joins: bool,
    /// Whether what was started is waited for somewhere.
    pub waits: bool,
    /// Locks that it makes, each of which lets one through at a time.
    pub locks: usize,
    /// Whether there is a semaphore.
    pub permits: bool,
    /// Whether a call blocks its thread until the response arrives.
    pub blocks: bool,
    /// Whether there is a spinner.
    pub spinner: bool,
}

impl Observation {
    /// The number of requests with this outcome.
    #[must_use]
    pub fn count(&self, outcome: RequestOutcome) -> usize {
        self.requests.iter().filter(|request| request.outcome == outcome).count()
    }
}

impl Source {
    /// Whether something is started to run beside the rest, not counting the spinner.
    #[must_use]
    pub fn starts_work(&self) -> bool {
        self.spawns > usize::from(self.spinner)
    }
}
