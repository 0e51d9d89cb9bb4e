//! What a client was asked to do, and the requests that it consists of.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use reqwest::Url;
use reqwest::header::HeaderValue;

use crate::failure::Failure;
use crate::headers;
use crate::ledger::Ledger;
use crate::limits;
use crate::outcome::{Answer, Ending, Outcome};
use crate::progress::Progress;
use crate::shape::{Shape, Share};
use crate::stop::Stop;
use crate::transport::Wire;
use crate::usage::{self, Usage};
use crate::work;

/// One run: how many requests, where to, and what became of them so far.
///
/// Cheap to clone; all clones are the same run.
#[derive(Debug, Clone)]
pub struct Plan(Arc<Run>);

#[derive(Debug)]
struct Run {
    settings: Settings,
    start: OnceLock<Start>,
    ledger: Ledger,
    progress: Progress,
    stop: Stop,
    runtimes: AtomicUsize,
}

/// What is known once the server was asked.
#[derive(Debug)]
struct Start {
    // Outcomes give their times as seconds since this moment.
    at: Instant,
    // Of this process, before the strategy began.
    cpu_s: Option<f64>,
    ideal: Option<Duration>,
    // Made once, so that they cost a request next to nothing.
    run_header: HeaderValue,
    ideal_header: Option<HeaderValue>,
    // The page at the addresses of its server, which the requests take in turn.
    pages: Vec<Url>,
}

/// What all clients are asked alike.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The strategy's name, sent with every request.
    pub client: &'static str,
    /// The page to fetch.
    pub url: Url,
    /// How often to fetch it.
    pub requests: NonZeroUsize,
    /// The most that one request may take, from its start to the last byte of its answer.
    pub timeout: Duration,
    /// CPU time that is spent on each answer, on the thread that it arrives on.
    pub work: Duration,
    /// Who takes which request, and how many at once.
    pub shape: Shape,
    /// What carries the requests, where that can be chosen.
    pub wire: Option<Wire>,
    /// Whether to keep what became of each request, and not only how many ended how.
    pub keep_outcomes: bool,
}

impl Settings {
    /// The most that a connection may take: half of the whole, so that a request without
    /// one says that it had none, also where a busy machine looks at its clocks late.
    pub(crate) fn connect_timeout(&self) -> Duration {
        self.timeout / 2
    }
}

impl Plan {
    pub(crate) fn new(settings: Settings, progress: Progress, stop: Stop) -> Self {
        let ledger = if settings.keep_outcomes {
            Ledger::keeping(settings.requests)
        } else {
            Ledger::counting()
        };
        Self(Arc::new(Run {
            settings,
            start: OnceLock::new(),
            ledger,
            progress,
            stop,
            runtimes: AtomicUsize::new(0),
        }))
    }

    /// The requests of this run, in order.
    pub fn requests(&self) -> impl Iterator<Item = Request> + use<> {
        (0..self.0.settings.requests.get()).map(|index| Request { index })
    }

    /// The shares that the requests are dealt out to; one for most strategies.
    #[must_use]
    pub fn shares(&self) -> &[Share] {
        self.0.settings.shape.shares()
    }

    /// The requests of this run that are in `share`, in order.
    pub fn share(&self, share: &Share) -> impl Iterator<Item = Request> + use<> {
        let share = share.clone();
        self.requests().filter(move |request| share.holds(request.index))
    }

    /// The most requests under way at once, over all shares.
    #[must_use]
    pub fn slots(&self) -> NonZeroUsize {
        self.0.settings.shape.slots()
    }

    /// Whether no request has to wait for another to end.
    pub(crate) fn has_a_slot_for_each(&self) -> bool {
        self.slots() >= self.settings().requests
    }

    /// The most idle connections that are worth keeping: none if all requests are sent before
    /// the first answer comes, since there is nobody left to use its connection.
    pub(crate) fn most_idle(&self) -> usize {
        let requests = self.settings().requests;
        let sending =
            limits::SENDING * u32::try_from(requests.get()).unwrap_or(u32::MAX);
        let ideal = self.0.start.get().and_then(|start| start.ideal);
        let all_come_first =
            self.has_a_slot_for_each() && ideal.is_some_and(|ideal| ideal > sending);
        if all_come_first { 0 } else { limits::MOST_IDLE }
    }

    /// The threads that run the tasks of a runtime.
    #[must_use]
    pub fn worker_threads(&self) -> NonZeroUsize {
        self.0.settings.shape.threads_each().unwrap_or_else(limits::cpus)
    }

    /// How many requests a slot takes at a time.
    #[must_use]
    pub fn chunk(&self) -> NonZeroUsize {
        self.0.settings.shape.chunk()
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.0.ledger
    }

    pub(crate) fn progress(&self) -> &Progress {
        &self.0.progress
    }

    pub(crate) fn stop(&self) -> &Stop {
        &self.0.stop
    }

    /// The lane of one more runtime of this run.
    pub(crate) fn next_runtime(&self) -> usize {
        self.0.runtimes.fetch_add(1, Ordering::Relaxed)
    }

    /// Which run each request says it is part of, once it has begun.
    pub(crate) fn run_header(&self) -> Option<&HeaderValue> {
        Some(&self.0.start.get()?.run_header)
    }

    /// What each request says of the run's ideal, if that is known.
    pub(crate) fn ideal_header(&self) -> Option<&HeaderValue> {
        self.0.start.get()?.ideal_header.as_ref()
    }

    /// The page at each address where it is asked for: at one, unless that has too few
    /// ports.
    pub(crate) fn pages(&self) -> &[Url] {
        let one = std::slice::from_ref(&self.settings().url);
        self.0.start.get().map_or(one, |start| &start.pages)
    }

    /// Starts the clock of the run, which should take `ideal`, if that is known, and asks
    /// for the page at these addresses.
    pub(crate) fn start(&self, ideal: Option<Duration>, pages: Vec<Url>) {
        let ideal_header = ideal.and_then(headers::ideal);
        let run_header = headers::run();
        let cpu_s = usage::cpu_s();
        let at = Instant::now();
        self.0.start.get_or_init(|| Start {
            at,
            cpu_s,
            ideal,
            run_header,
            ideal_header,
            pages,
        });
    }

    /// Time since the run began.
    pub(crate) fn clock(&self) -> Duration {
        self.0.start.get().map_or(Duration::ZERO, |start| start.at.elapsed())
    }

    /// What the strategy has used so far, with the memory that the process had before; no
    /// CPU where it never began.
    pub(crate) fn usage(&self) -> Usage {
        let before = self.0.start.get().and_then(|start| start.cpu_s);
        let mut usage = Usage::so_far();
        usage.cpu_s = usage.cpu_s.map(|now| before.map_or(0.0, |then| now - then));
        usage
    }

    /// Starts the clock of a request on `lane`; `None` if the run was stopped and nothing
    /// is to be sent any more.
    pub(crate) fn begin(&self, request: Request, lane: usize) -> Option<Attempt> {
        let (start, index) = (self.clock(), request.index);
        if self.stop().requested() {
            let (end, ending) = (start, Ending::NotSent);
            let timing = None;
            self.ledger().end(Outcome { index, lane, start, end, ending, timing });
            return None;
        }
        self.ledger().begin(index, lane, start);
        self.progress().begin(index);
        let start = u64::try_from(start.as_nanos()).unwrap_or(u64::MAX);
        Some(Attempt { request, start })
    }

    /// Stops the clock of a request and writes down what came of it. Then a page is worked
    /// on, here and now, which is no part of the request any more.
    pub(crate) fn end(
        &self,
        attempt: Attempt,
        lane: usize,
        result: &Result<Answer, Failure>,
    ) {
        let Attempt { request: Request { index }, start } = attempt;
        let start = Duration::from_nanos(start);
        let end = self.clock();
        let ending = Ending::of(result);
        self.progress().end(index, end, result);
        let is_page = ending == Ending::Answered;
        let timing = result.as_ref().ok().and_then(|answer| answer.timing);
        self.ledger().end(Outcome { index, lane, start, end, ending, timing });
        if is_page {
            work::compute(self.settings().work);
        }
    }
}

/// A request that is planned and not yet sent.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    index: usize,
}

impl Request {
    /// Its number in the plan, counted from 0.
    #[must_use]
    pub fn index(self) -> usize {
        self.index
    }

    /// The one of these that it takes, if all requests take them in turn.
    pub(crate) fn take_turn<T>(self, of: &[T]) -> &T {
        &of[self.index % of.len()]
    }
}

/// A request that is under way.
///
/// Small, since there may be ten million of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt {
    request: Request,
    // In nanoseconds since the run began, which are half as large as a `Duration`.
    start: u64,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    #[test]
    fn a_connection_is_kept_if_somebody_can_come_for_it() {
        let plan = |requests, ideal| {
            let plan = all_at_once(NonZeroUsize::new(requests).unwrap(), None);
            plan.start(ideal, vec![plan.settings().url.clone()]);
            plan
        };
        let ideal = |ms| Some(Duration::from_millis(ms));
        assert_eq!(plan(10_000, ideal(3000)).most_idle(), 0);
        assert_eq!(plan(10_000, ideal(100)).most_idle(), limits::MOST_IDLE);
        assert_eq!(plan(100, ideal(100)).most_idle(), 0);
        assert_eq!(plan(100, None).most_idle(), limits::MOST_IDLE);
    }

    /// For a server on this machine.
    pub(crate) fn settings(
        client: &'static str,
        requests: NonZeroUsize,
        shape: Shape,
    ) -> Settings {
        Settings {
            client,
            url: "http://127.0.0.1:5000/".parse().unwrap(),
            requests,
            timeout: Duration::from_mins(1),
            work: Duration::ZERO,
            shape,
            wire: None,
            keep_outcomes: false,
        }
    }

    /// A run that nobody watches.
    pub(crate) fn all_at_once(requests: NonZeroUsize, wire: Option<Wire>) -> Plan {
        let shape = Shape::queue(requests, None);
        let settings = Settings { wire, ..settings("async", requests, shape) };
        let progress = Progress::new(String::new(), requests, true, true);
        Plan::new(settings, progress, Stop::default())
    }
}
