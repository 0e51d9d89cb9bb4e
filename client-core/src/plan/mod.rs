//! The plan of a run: its settings, and its requests.

mod cpu_work;
mod headers;
pub(crate) mod progress;
mod requests;
pub(crate) mod stop;

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use reqwest::Url;
use reqwest::header::HeaderMap;

use crate::machine::activity::Activity;
use crate::machine::pauses;
use crate::machine::usage::{self, Usage};
use crate::outcome::failure::{Failure, Retry};
use crate::outcome::log::OutcomeLog;
use crate::outcome::{Answer, Outcome, OutcomeKind};
use crate::plan::headers::RunHeaders;
use crate::plan::progress::Progress;
pub use crate::plan::requests::Request;
use crate::plan::requests::Requests;
use crate::plan::stop::Stop;
use crate::settings::RunSettings;
use crate::settings::workload::Workload;

/// The most idle connections that are kept: as many as one poll of the network can find
/// answered.
const MAX_IDLE: usize = 1024;

/// More than it takes to send one of many requests, which is 65 µs through reqwest on
/// two CPUs that the server needs as well.
const SENDING: Duration = Duration::from_micros(100);

/// How many connections may leave a request unprocessed (GOAWAY) before it fails: as many as
/// there usually are requests on one, of which each may take one alone.
const MAX_UNPROCESSED: u16 = 2000;

/// One run: how many requests, where to, and what became of them so far.
///
/// Cheap to clone; all clones are the same run.
#[derive(Debug, Clone)]
pub struct Plan(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: RunSettings,
    start: OnceLock<RunStart>,
    log: OutcomeLog,
    progress: Progress,
    stop: Stop,
    runtimes: AtomicUsize,
    // Where that gives the requests their numbers.
    begun: AtomicUsize,
}

/// What is known once the server was asked.
#[derive(Debug)]
struct RunStart {
    // Outcomes give their times as durations since this moment.
    at: Instant,
    // Of this process, before the strategy began.
    cpu_s: Option<f64>,
    // The same when the first request was begun.
    first_cpu_s: OnceLock<Option<f64>>,
    machine: Option<Activity>,
    paused: Duration,
    ideal: Option<Duration>,
    headers: RunHeaders,
    // The page at the addresses of its server, which the requests take in turn.
    pages: Vec<Url>,
}

impl Plan {
    pub(crate) fn new(
        settings: RunSettings,
        progress: Progress,
        stop: Stop,
    ) -> Self {
        let log = OutcomeLog::new(settings.workload, settings.keep_outcomes);
        Self(Arc::new(Inner {
            settings,
            start: OnceLock::new(),
            log,
            progress,
            stop,
            runtimes: AtomicUsize::new(0),
            begun: AtomicUsize::new(0),
        }))
    }

    /// The requests of this run, in order; where it has a duration, there is always one more
    /// until that is over.
    pub fn requests(&self) -> impl Iterator<Item = Request> + use<> {
        self.all()
    }

    /// The same in chunks of `size`, each of them to be done one request after another. Where
    /// the run has a duration, a chunk ends with it.
    pub fn chunks(
        &self,
        size: NonZeroUsize,
    ) -> impl Iterator<Item = impl Iterator<Item = Request> + use<>> + use<> {
        self.all().chunks(size.get())
    }

    fn all(&self) -> Requests<impl Fn() -> bool + Clone + use<>> {
        let workload = self.settings().workload;
        let plan = self.clone();
        Requests::new(0..workload.most_requests().get(), move || match workload {
            // After Ctrl-C they are still taken, and each of them is then not sent.
            Workload::Requests(_) => false,
            Workload::Duration(_) => plan.is_over(plan.clock()),
        })
    }

    /// The most requests in flight: `--concurrency`, or all of them.
    #[must_use]
    pub fn concurrency(&self) -> usize {
        self.settings().layout.concurrency().get()
    }

    /// Whether nothing is to be begun any more, `now` that this much time has passed.
    fn is_over(&self, now: Duration) -> bool {
        let duration = self.settings().workload.duration();
        self.stop().requested() || duration.is_some_and(|duration| now >= duration)
    }

    /// Whether no request has to wait for another to end.
    fn has_a_slot_for_each(&self) -> bool {
        let most = self.settings().workload.most_requests();
        self.settings().layout.concurrency() >= most
    }

    /// The most idle connections that are worth keeping: none if all requests are sent before
    /// the first response arrives, since no request is left that could use its connection.
    pub(crate) fn most_idle(&self) -> usize {
        let requests = self.settings().workload.most_requests();
        let sending = SENDING * u32::try_from(requests.get()).unwrap_or(u32::MAX);
        let ideal = self.0.start.get().and_then(|start| start.ideal);
        let all_come_first =
            self.has_a_slot_for_each() && ideal.is_some_and(|ideal| ideal > sending);
        if all_come_first { 0 } else { MAX_IDLE }
    }

    pub(crate) fn settings(&self) -> &RunSettings {
        &self.0.settings
    }

    pub(crate) fn log(&self) -> &OutcomeLog {
        &self.0.log
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

    /// The headers of a request.
    pub(crate) fn headers(&self, request: Request) -> HeaderMap {
        let run = self.0.start.get().map(|start| &start.headers);
        headers::of(self.settings().client, request.index, run)
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
        let headers = RunHeaders::new(self.settings().name.as_ref(), ideal);
        let machine = Activity::so_far();
        let paused = pauses::so_far();
        let cpu_s = usage::cpu_s();
        let at = Instant::now();
        self.0.start.get_or_init(|| RunStart {
            at,
            cpu_s,
            first_cpu_s: OnceLock::new(),
            machine,
            paused,
            ideal,
            headers,
            pages,
        });
    }

    /// The most that a request may take.
    pub(crate) fn timeout(&self) -> Duration {
        self.settings().timeout
    }

    /// What a request has left of that.
    pub(crate) fn time_left(&self, started: &Started) -> Duration {
        let spent = self.clock().saturating_sub(started.at());
        self.timeout().saturating_sub(spent)
    }

    /// Time since the run began.
    pub(crate) fn clock(&self) -> Duration {
        self.0.start.get().map_or(Duration::ZERO, |start| start.at.elapsed())
    }

    /// What the strategy has used so far, with the memory that the process had before; no
    /// CPU where it never began.
    pub(crate) fn usage(&self) -> Usage {
        let start = self.0.start.get();
        let before = start.and_then(|start| start.cpu_s);
        let first = start.and_then(|start| start.first_cpu_s.get().copied()?);
        let mut usage = Usage::so_far();
        usage.cpu_s = usage.cpu_s.map(|now| before.map_or(0.0, |then| now - then));
        usage.start_cpu_s = first.zip(before).map(|(first, then)| first - then);
        usage
    }

    /// What the machine did since the run began; `None` where it never began.
    pub(crate) fn machine(&self) -> Option<Activity> {
        let before = self.0.start.get()?.machine?;
        Some(Activity::so_far()?.since(before))
    }

    /// How long this process did not run since the run began; `None` for not at all.
    pub(crate) fn paused(&self) -> Option<Duration> {
        let before = self.0.start.get()?.paused;
        let paused = pauses::so_far().saturating_sub(before);
        Some(paused).filter(|paused| !paused.is_zero())
    }

    /// Starts the clock of a request on `lane`; `None` if the run was stopped, or its time is
    /// over, and nothing is to be sent any more. In a run of a duration the request gets its
    /// number here, so that those that were begun are numbered without a gap.
    pub(crate) fn begin(
        &self,
        request: Request,
        lane: usize,
    ) -> Option<(Request, Started)> {
        let start = self.clock();
        let index = match self.settings().workload {
            Workload::Requests(_) => request.index,
            Workload::Duration(_) if self.is_over(start) => return None,
            Workload::Duration(_) => self.0.begun.fetch_add(1, Ordering::Relaxed),
        };
        if self.is_over(start) {
            let (end, ending) = (start, OutcomeKind::NotSent);
            let (timing, retried) = (None, false);
            let outcome =
                Outcome { index, lane, start, end, ending, timing, retried };
            self.log().end(outcome);
            return None;
        }
        if let Some(run) = self.0.start.get() {
            run.first_cpu_s.get_or_init(usage::cpu_s);
        }
        self.log().begin(index, lane, start);
        self.progress().begin(index);
        let at = u64::try_from(start.as_nanos()).unwrap_or(u64::MAX);
        let started = Started { at, unprocessed: 0, repeated: false };
        Some((Request { index }, started))
    }

    /// Has `send` do a request on this thread, between [`Plan::begin`] and [`Plan::end`].
    /// If it panics, that is the end of this request alone: it counts as lost.
    pub(crate) fn record(
        &self,
        request: Request,
        lane: usize,
        send: impl FnOnce(Request, &mut Started) -> Result<Answer, Failure>,
    ) {
        let Some((request, mut started)) = self.begin(request, lane) else { return };
        let caught = catch_unwind(AssertUnwindSafe(|| send(request, &mut started)));
        if let Ok(result) = caught {
            self.end(request, lane, &started, &result);
        }
    }

    /// Notes that a request is sent again, if it may be; returns why. A server may close a
    /// connection that it has kept at any time, also while a request is on its way, so RFC 9110
    /// (section 9.2.2) lets a client repeat a GET then, once. One that was not processed may be
    /// sent until it is (RFC 9113, section 8.7).
    pub(crate) fn begin_retry(
        &self,
        request: Request,
        started: &mut Started,
        result: &Result<Answer, Failure>,
    ) -> Option<Retry> {
        let retry = result.as_ref().err()?.retry?;
        let may_be_sent = match retry {
            Retry::GoneAway => started.unprocessed < MAX_UNPROCESSED,
            Retry::Cut | Retry::Refused => !started.repeated,
        };
        if !may_be_sent || self.stop().requested() {
            return None;
        }
        if !started.is_retried() {
            self.log().retry(request.index);
        }
        match retry {
            Retry::GoneAway => started.unprocessed += 1,
            Retry::Cut | Retry::Refused => started.repeated = true,
        }
        Some(retry)
    }

    /// Records the end and the outcome of a request. Then a page is worked
    /// on, here and now, which is no part of the request any more.
    pub(crate) fn end(
        &self,
        request: Request,
        lane: usize,
        started: &Started,
        result: &Result<Answer, Failure>,
    ) {
        let (index, retried) = (request.index, started.is_retried());
        let (start, end) = (started.at(), self.clock());
        let ending = OutcomeKind::of(result);
        self.progress().end(index, end, result);
        let is_page = ending == OutcomeKind::Answered;
        let timing = result.as_ref().ok().and_then(|answer| answer.timing);
        let outcome = Outcome { index, lane, start, end, ending, timing, retried };
        self.log().end(outcome);
        if is_page {
            cpu_work::compute(self.settings().work);
        }
    }
}

/// A request in flight.
#[derive(Debug)]
pub(crate) struct Started {
    // In nanoseconds since the run began: half as large as a `Duration`, since there may be
    // millions of them.
    at: u64,
    // How often a connection took no more requests before this one.
    unprocessed: u16,
    // Whether it was sent again for another reason, which happens once.
    repeated: bool,
}

impl Started {
    /// Whether it was sent more than once.
    fn is_retried(&self) -> bool {
        self.repeated || self.unprocessed > 0
    }

    /// How long to wait before it is sent again: ever longer, for a server that takes nothing on
    /// any connection.
    pub(crate) fn pause(&self) -> Duration {
        Duration::from_millis(self.unprocessed.saturating_sub(1).into())
    }

    /// Time since the run began.
    fn at(&self) -> Duration {
        Duration::from_nanos(self.at)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::num::NonZeroUsize;

    use proptest::prelude::*;

    use super::*;
    use crate::outcome::failure::FailureKind;
    use crate::settings::layout::Layout;
    use crate::settings::transport::TransportArgs;

    #[test]
    fn a_connection_is_kept_if_somebody_can_come_for_it() {
        let plan = |requests, ideal| {
            let plan = all_at_once(NonZeroUsize::new(requests).unwrap(), None);
            plan.start(ideal, vec![plan.settings().url.clone()]);
            plan
        };
        let ideal = |ms| Some(Duration::from_millis(ms));
        assert_eq!(plan(10_000, ideal(3000)).most_idle(), 0);
        assert_eq!(plan(10_000, ideal(100)).most_idle(), MAX_IDLE);
        assert_eq!(plan(100, ideal(100)).most_idle(), 0);
        assert_eq!(plan(100, None).most_idle(), MAX_IDLE);
    }

    #[test]
    fn a_panic_costs_its_own_request_and_no_other() {
        let requests = NonZeroUsize::new(3).unwrap();
        let plan = all_at_once(requests, None);
        for request in plan.requests() {
            plan.record(request, 0, |request, _| match request.index() {
                1 => panic!("a fault of the client"),
                _ => Ok(Answer { status: 200, timing: None, body: Vec::new() }),
            });
        }
        let summary = plan.log().finish(plan.clock(), FailureKind::Lost);
        assert_eq!(summary.counts.ok, 2);
        assert_eq!(summary.counts.errors[&FailureKind::Lost], 1);
    }

    /// The server may have begun with what was cut off, and promises that it did not with what
    /// it leaves to the next connection.
    #[test]
    fn a_request_is_repeated_once_and_left_over_more_often() {
        let plan = all_at_once(NonZeroUsize::MIN, None);
        let request = plan.requests().next().unwrap();
        let (request, mut started) = plan.begin(request, 0).unwrap();
        let mut times = |retry| {
            let failure = Failure::new(FailureKind::Closed);
            let result = Err(Failure { retry: Some(retry), ..failure });
            let begin = || plan.begin_retry(request, &mut started, &result);
            std::iter::from_fn(begin).count()
        };
        assert_eq!(times(Retry::GoneAway), usize::from(MAX_UNPROCESSED));
        assert_eq!(times(Retry::Cut), 1);
        assert_eq!(times(Retry::Refused), 0);
    }

    proptest! {
        #[test]
        fn the_chunks_of_a_run_are_all_of_its_requests_in_order(
            requests in 1..200_usize, size in prop_oneof![1..220_usize, Just(usize::MAX)],
        ) {
            let n = NonZeroUsize::new(requests).unwrap();
            let plan = all_at_once(n, None);
            let chunks: Vec<Vec<_>> = plan
                .chunks(NonZeroUsize::new(size).unwrap())
                .map(|chunk| chunk.map(Request::index).collect())
                .collect();
            prop_assert_eq!(chunks.concat(), (0..requests).collect::<Vec<_>>());
            prop_assert!(chunks.iter().rev().skip(1).all(|chunk| chunk.len() == size));
            prop_assert!(chunks.iter().all(|chunk| !chunk.is_empty()));
        }
    }

    /// Each kind has as many requests as anybody takes, until the time is over.
    #[test]
    fn a_duration_has_requests_until_it_is_over() {
        let long = for_duration(Duration::from_hours(10));
        assert_eq!(long.requests().take(100_000).count(), 100_000);
        let mut chunks = long.chunks(NonZeroUsize::MAX);
        assert_eq!(chunks.next().unwrap().take(100_000).count(), 100_000);

        let over = for_duration(Duration::ZERO);
        assert_eq!(over.requests().count(), 0);
        assert_eq!(over.chunks(NonZeroUsize::MIN).count(), 0);
    }

    #[test]
    fn what_is_begun_is_numbered_and_nothing_is_begun_after_the_time() {
        let plan = for_duration(Duration::from_hours(10));
        let mut requests = plan.requests();
        // The first was taken and is begun after the second: the numbers have no gap.
        let (first, second) = (requests.next().unwrap(), requests.next().unwrap());
        let begun = [second, first].map(|request| plan.begin(request, 0).unwrap().0);
        assert_eq!(begun.map(Request::index), [0, 1]);

        let over = for_duration(Duration::ZERO);
        assert!(over.begin(first, 0).is_none());
    }

    /// For a server on this machine.
    pub(crate) fn settings(
        client: &'static str,
        requests: NonZeroUsize,
        layout: Layout,
    ) -> RunSettings {
        RunSettings {
            client,
            name: None,
            url: "http://127.0.0.1:5000/".parse().unwrap(),
            workload: Workload::Requests(requests),
            timeout: Duration::from_mins(1),
            work: Duration::ZERO,
            assumed_delay: None,
            layout,
            transport: None,
            keep_outcomes: false,
        }
    }

    /// A run without output.
    pub(crate) fn all_at_once(
        requests: NonZeroUsize,
        transport: Option<TransportArgs>,
    ) -> Plan {
        let layout = Layout::queue(requests, None);
        let settings =
            RunSettings { transport, ..settings("async", requests, layout) };
        let workload = settings.workload;
        let progress = Progress::new(String::new(), workload, true, true);
        Plan::new(settings, progress, Stop::default())
    }

    /// A run of requests one after another, which has begun.
    pub(crate) fn for_duration(duration: Duration) -> Plan {
        let layout = Layout::one_by_one(NonZeroUsize::MAX);
        let settings = settings("sync", NonZeroUsize::MAX, layout);
        let workload = Workload::Duration(duration);
        let settings = RunSettings { workload, keep_outcomes: true, ..settings };
        let progress = Progress::new(String::new(), workload, true, true);
        let plan = Plan::new(settings, progress, Stop::default());
        plan.start(None, Vec::new());
        plan
    }
}
