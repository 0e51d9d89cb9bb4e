//! Runs a program against a server with a gate, and releases the responses in rounds.
//!
//! A round is released when as many requests are in flight as are expected, or as are left, or
//! when nothing more happens. So causes are observed, and not times: a request that arrives
//! after a response waited for it, and on a slow machine all is as on a fast one.
//!
//! In the last round one response comes after all others, when the program has had the time to
//! end without it: one that waits for some of its requests only, or for a guessed time, does.

use std::collections::VecDeque;
use std::path::Path;
use std::process::ExitStatus;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use diagnosis::{BeforeLast, Observation, Printed, Source, Spinner, Termination};
use slow_server::{Background, ResponseGate};
use units::localized;

use super::output::Output;
use super::process::Program;
use super::release::{self, Stage, Variation};
use super::request_log::RequestLog;
use super::server;
use crate::pack::{Exercise, Server};

/// After this time without an event, no further event is expected.
const QUIET_PERIOD: Duration = Duration::from_millis(1500);

/// The same where a response never comes: a program may give up each after a second.
const SHORT_QUIET_PERIOD: Duration = Duration::from_millis(700);

/// The least duration of a response: time for a program to send more than it should.
const MIN_RESPONSE_TIME: Duration = Duration::from_millis(50);

/// How long a response takes at least, once: longer than the 3 s of the tutorial's server, and
/// than a program that guesses a shorter time.
const RESPONSE_TIME: Duration = Duration::from_millis(3500);

/// The same for a program whose text waits for nothing that it starts: it guesses, and ends.
const LONG_RESPONSE_TIME: Duration = Duration::from_secs(15);

/// How long the next tick of a spinner may take.
const TICK_PERIOD: Duration = Duration::from_secs(3);

/// How long a program may wait for the response that never comes.
const NEVER_TIMEOUT: Duration = Duration::from_secs(3);

/// How long nothing may happen while there is no response to wait for.
const STUCK_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a program may run.
const RUN_TIMEOUT: Duration = Duration::from_mins(1);

/// How long the server has to notice that a program has ended.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(1);

const POLL_INTERVAL: Duration = Duration::from_millis(2);

/// After this time without a look at the program, the machine was paused or overloaded.
const MISSED_POLLS: Duration = Duration::from_millis(200);

/// Above this multiple of the requests that it is told to send, a program is killed.
const FLOOD_FACTOR: usize = 3;

/// Runs a program until it ends, or has to be killed; returns what was observed of it, and
/// what it printed.
///
/// # Errors
///
/// There is no port, process or thread left for it.
pub(crate) fn run(
    executable: &Path,
    source: Source,
    exercise: &Exercise,
    variation: Variation,
) -> anyhow::Result<(Observation, Output)> {
    let script = &variation.script(&exercise.server);
    let gate = ResponseGate::default();
    let server =
        Background::start(server::config(script, &gate)).context(localized!(
            "cannot start the server of the check",
            "无法启动检查用的服务器",
        ))?;
    let program = Program::start(executable, &server.url(), script.requests)?;
    let now = Instant::now();
    let run = GatedRun {
        script,
        variation,
        response_time: if source.starts_work() && !source.waits {
            LONG_RESPONSE_TIME
        } else {
            RESPONSE_TIME
        },
        wants_spinner: exercise.expected().spinner,
        gate,
        server,
        program,
        source,
        log: RequestLog::new(script.never),
        journal_read: 0,
        stages: VecDeque::new(),
        at_once: exercise.expected().at_once.get(),
        is_full_since: None,
        began: now,
        changed: now,
        polled: now,
        ticks_when_quiet: None,
        output: Output::default(),
        queued: 0,
        announced: 0,
        has_stalled: false,
        before_last: None,
    };
    run.drive()
}

/// A run in progress.
struct GatedRun<'a> {
    script: &'a Server,
    variation: Variation,
    response_time: Duration,
    wants_spinner: bool,
    gate: ResponseGate,
    server: Background,
    program: Program,
    source: Source,

    log: RequestLog,
    journal_read: usize,
    // What is still to be released of the round that has begun to end.
    stages: VecDeque<Stage>,
    // Requests that the program is expected to have in flight: as the exercise says, and when
    // no more come, as many as it had then.
    at_once: usize,
    // When as many were in flight as are expected.
    is_full_since: Option<Instant>,
    began: Instant,
    // When something last happened; later by the time in which nobody looked.
    changed: Instant,
    polled: Instant,
    // The ticks that had come some time after the last change.
    ticks_when_quiet: Option<usize>,
    output: Output,
    // What is observed on the way.
    queued: usize,
    announced: usize,
    has_stalled: bool,
    before_last: Option<BeforeLast>,
}

impl GatedRun<'_> {
    fn drive(mut self) -> anyhow::Result<(Observation, Output)> {
        let termination = loop {
            // Asked before the poll, which then sees all that the program has done.
            let status = self.program.try_wait()?;
            self.poll();
            if let Some(status) = status {
                break exited(status);
            }
            self.release_when_due();
            if let Some(bound) = self.bound() {
                break bound;
            }
            thread::sleep(POLL_INTERVAL);
        };
        Ok(self.finish(termination))
    }

    /// Takes in what has happened. Time in which this did not run is no quiet time: the program
    /// did not run either.
    fn poll(&mut self) {
        let missed = self.polled.elapsed();
        if missed > MISSED_POLLS {
            self.changed += missed;
        }
        self.polled = Instant::now();
        let output = self.program.output();
        let seen = &self.output;
        let has_printed =
            (output.shown, output.announced) != (seen.shown, seen.announced);
        if self.read_journal() || has_printed {
            self.changed = Instant::now();
            self.ticks_when_quiet = None;
        } else if self.changed.elapsed() > self.quiet_period() / 3 {
            // Not at once, since the lines of a program come a little after its requests.
            self.ticks_when_quiet.get_or_insert(output.ticks);
        }
        self.output = output;
    }

    /// Takes in what the server has seen; returns whether there was anything new.
    fn read_journal(&mut self) -> bool {
        let journal = self.server.stats().journal();
        let has_news = journal.len() > self.journal_read;
        for event in journal.iter().skip(self.journal_read) {
            self.log.record(event);
        }
        self.journal_read = journal.len();
        has_news
    }

    /// Why the program has to be killed now, if it has to.
    fn bound(&self) -> Option<Termination> {
        let quiet = self.changed.elapsed();
        if self.log.arrived() > FLOOD_FACTOR * self.script.requests.get() {
            Some(Termination::Flooding)
        } else if self.log.waits_for_ever() && quiet > NEVER_TIMEOUT {
            Some(Termination::WaitingForEver)
        } else if (quiet > STUCK_TIMEOUT
            && self.stages.is_empty()
            && !self.is_still_slow())
            || self.began.elapsed() > RUN_TIMEOUT
        {
            Some(Termination::Stuck)
        } else {
            None
        }
    }

    fn release_when_due(&mut self) {
        if let Some(stage) = self.stages.front() {
            if self.is_due(stage) {
                self.release_stage();
            }
            return;
        }
        if self.log.held().is_empty() {
            return;
        }
        let left = self.left();
        if self.log.in_flight() >= self.at_once.min(left) {
            if self.log.rounds() == 0 {
                if self.may_still_tick() {
                    return;
                }
                self.has_stalled |= self.stands_still();
            }
            self.is_full_since.get_or_insert_with(Instant::now);
            if self.log.rounds() == 0
                && self.log.in_flight() < left
                && self.is_still_slow()
            {
                return;
            }
            thread::sleep(MIN_RESPONSE_TIME);
            self.poll();
            self.begin_release();
        } else if self.is_quiet() && !self.may_still_tick() {
            self.expect_no_more();
            self.begin_release();
        }
    }

    /// Requests whose response is still to be released.
    fn left(&self) -> usize {
        self.script.requests.get().saturating_sub(self.log.released())
    }

    fn is_quiet(&self) -> bool {
        self.changed.elapsed() > self.quiet_period()
    }

    fn quiet_period(&self) -> Duration {
        match self.script.never {
            Some(_) => SHORT_QUIET_PERIOD,
            None => QUIET_PERIOD,
        }
    }

    /// Whether the server is still to be as slow as it is meant to be: in the first run of a
    /// check, once, when as many requests are in flight as are expected.
    fn is_still_slow(&self) -> bool {
        self.script.never.is_none()
            && self.variation == Variation::FirstArrivedLast
            && self
                .is_full_since
                .is_some_and(|since| since.elapsed() < self.response_time)
    }

    /// Whether a program that ticks has still to show that it does so while its requests wait,
    /// however many they are: as many threads as requests would let it send them all, and
    /// would be blocked all the same.
    fn may_still_tick(&self) -> bool {
        self.stands_still() && self.changed.elapsed() < TICK_PERIOD
    }

    /// Whether a spinner that is or should be there has not turned since its requests wait.
    fn stands_still(&self) -> bool {
        let ticks = self.output.ticks;
        (ticks > 0 || self.wants_spinner)
            && self.ticks_when_quiet.is_none_or(|when_quiet| ticks <= when_quiet)
    }

    fn expect_no_more(&mut self) {
        self.queued = self.queued.max(self.server.stats().counts().queued);
        self.has_stalled |= self.output.ticks > 0 && self.stands_still();
        self.at_once = self.log.in_flight();
    }

    /// Ends a round: plans in which order its responses are released, and releases the first.
    fn begin_release(&mut self) {
        if self.log.rounds() == 0 {
            self.announced = self.output.announced;
        }
        self.log.end_round();
        let is_last_round = self.is_full_since.is_some()
            && self.log.arrived() >= self.script.requests.get()
            && self.log.in_flight() >= self.left();
        let due = self.log.held();
        self.stages =
            release::stages(due, self.script, self.variation, is_last_round);
        // A failure that comes before all others comes when nothing else happens.
        if !matches!(self.stages.front(), Some(Stage::Failure(_))) {
            self.release_stage();
        }
    }

    fn is_due(&self, stage: &Stage) -> bool {
        if self.is_still_slow() {
            return false;
        }
        let Stage::Last(_) = stage else { return self.is_quiet() };
        let all_others_over = self.log.ended() + 1 >= self.script.requests.get();
        let all_shown = self.output.shown >= self.log.answered();
        let is_awaited = self.script.last.is_some() && all_others_over && all_shown;
        is_awaited || self.is_quiet()
    }

    fn release_stage(&mut self) {
        self.changed = Instant::now();
        let numbers = match self.stages.pop_front() {
            None => return,
            Some(Stage::Responses(numbers)) => numbers,
            Some(Stage::Failure(number)) => vec![number],
            Some(Stage::Last(number)) => {
                // Where it is the exercise's own, it has a round of its own.
                if self.script.last.is_some() {
                    let (shown, answered) = (self.output.shown, self.log.answered());
                    self.before_last = Some(BeforeLast { shown, answered });
                    self.log.end_round();
                }
                vec![number]
            }
        };
        for number in numbers {
            self.log.release(number);
            self.gate.release_one(number);
        }
    }

    /// Kills the program, if it has not ended, and sums up the run.
    fn finish(mut self, termination: Termination) -> (Observation, Output) {
        let rounds = self.log.rounds();
        let (output, orphans) = self.program.end();
        let ended = Instant::now();
        while self.log.arrived() > self.log.released()
            && ended.elapsed() < SHUTDOWN_GRACE
        {
            thread::sleep(POLL_INTERVAL);
            self.read_journal();
        }
        let spinner = if self.has_stalled && output.ticks > 0 {
            Some(Spinner::StoodStill)
        } else if output.ticks > 0 {
            Some(Spinner::Turned)
        } else {
            self.wants_spinner.then_some(Spinner::Absent)
        };
        let seen = Observation {
            requests: self.log.finish(),
            rounds,
            peak: self.server.stats().counts().peak_in_flight,
            queued: self.queued,
            connections: self.log.connections(),
            abandoned: self.log.abandoned(),
            gave_up_silent: self.log.gave_up_silent(),
            termination,
            orphans,
            printed: Some(Printed {
                results: output.shown,
                announced: self.announced,
                failures_as_results: output.failures_as_pages(),
                about_failure: None,
                spinner,
                before_last: self.before_last,
                could_not_connect: output.could_not_connect(),
                panic: output.panic(),
            }),
            source: Some(self.source),
        };
        (seen, output)
    }
}

fn exited(status: ExitStatus) -> Termination {
    match status.code() {
        Some(0) => Termination::Success,
        code => Termination::Failure(code),
    }
}
