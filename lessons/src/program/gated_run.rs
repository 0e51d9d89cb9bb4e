//! Runs a program against a server with a gate, and releases the responses in rounds.
//!
//! A round is released when as many requests are in flight as are expected, or as are left, or
//! when nothing more happens. So causes are observed, and not times: a request that arrives
//! after a response waited for it, and on a slow machine all is as on a fast one.

use std::num::NonZeroUsize;
use std::path::Path;
use std::process::ExitStatus;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use slow_server::{Background, Config, ResponseGate};

use super::process::Program;
use super::request_log::RequestLog;
use crate::diagnosis::observation::{BeforeLast, Observation, Termination};
use crate::pack::{Exercise, Server};

/// After this time without an event, no further event is expected.
const QUIET_PERIOD: Duration = Duration::from_millis(1500);

/// The least duration of a response: time for a program to send more than it should.
const MIN_RESPONSE_TIME: Duration = Duration::from_millis(50);

/// Ticks that a program cannot have printed before its last request and that come only now.
const ENOUGH_TICKS: usize = 3;

/// How long a program may wait for the response that never comes.
const NEVER_TIMEOUT: Duration = Duration::from_secs(3);

/// How long nothing may happen while there is no response to wait for.
const STUCK_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a program may run.
const RUN_TIMEOUT: Duration = Duration::from_mins(1);

/// How long the server has to notice that a program has ended.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(1);

const POLL_INTERVAL: Duration = Duration::from_millis(2);

/// The seeds that are tried: of ten requests, one seed in 26 fails a certain one alone.
const SEEDS: u64 = 100_000;

/// Above this multiple of the requests that it is told to send, a program is killed.
const FLOOD_FACTOR: usize = 3;

/// Runs a program until it ends, or has to be killed.
///
/// # Errors
///
/// There is no port, process or thread left for it.
pub(crate) fn run(
    executable: &Path,
    exercise: &Exercise,
) -> anyhow::Result<Observation> {
    let script = &exercise.server;
    let exempt = script.last.or(script.never);
    let gate = exempt.map_or_else(ResponseGate::default, |request| {
        ResponseGate::exempt(request as u64)
    });
    let server = Background::start(config(script, &gate))
        .context("cannot start the server of the check")?;
    let program = Program::start(executable, &server.url(), script.requests)?;
    let now = Instant::now();
    let run = GatedRun {
        script,
        gate,
        server,
        program,
        log: RequestLog::new(exempt),
        journal_read: 0,
        at_once: exercise.expected().at_once.get(),
        began: now,
        changed: now,
        ticks_when_quiet: None,
        ticks_when_full: None,
        seen: Observation::default(),
    };
    run.drive()
}

/// A server that does what the exercise has it do, with this gate.
pub(super) fn config(script: &Server, gate: &ResponseGate) -> Config {
    let config = Config {
        max_concurrent: script.max_concurrent,
        when_full: script.when_full,
        gate: Some(gate.clone()),
        journal: true,
        ..Config::default()
    };
    match script.fails {
        Some(request) => failing(config, request, script.requests),
        None => config,
    }
}

/// The server fails by a seed. This is the first one with which it fails this request, and
/// no other of them.
fn failing(config: Config, request: usize, requests: NonZeroUsize) -> Config {
    let fail_rate = 1.0 / requests.get() as f64;
    let fails_it_alone = |config: &Config| {
        let schedule = config.schedule();
        (0..requests.get()).all(|number| {
            schedule.response(number as u64).fails == (number == request)
        })
    };
    (0..SEEDS)
        .map(|seed| Config { fail_rate, seed, ..config.clone() })
        .find(fails_it_alone)
        .unwrap_or(config)
}

/// A run in progress.
struct GatedRun<'a> {
    script: &'a Server,
    gate: ResponseGate,
    server: Background,
    program: Program,

    log: RequestLog,
    journal_read: usize,
    // Requests that the program is expected to have in flight: as the exercise says, and when
    // no more come, as many as it had then.
    at_once: usize,
    began: Instant,
    changed: Instant,
    // The ticks that had come some time after the last change.
    ticks_when_quiet: Option<usize>,
    // The ticks that had come when as many requests were in flight as are expected.
    ticks_when_full: Option<usize>,
    seen: Observation,
}

impl GatedRun<'_> {
    fn drive(mut self) -> anyhow::Result<Observation> {
        let termination = loop {
            // Asked before the poll, which then sees all that the program has done.
            let status = self.program.try_wait()?;
            self.poll();
            if let Some(termination) = status.map(exited).or_else(|| self.bound()) {
                break termination;
            }
            self.release_when_due();
            thread::sleep(POLL_INTERVAL);
        };
        Ok(self.finish(termination))
    }

    /// Takes in what has happened.
    fn poll(&mut self) {
        let output = self.program.output();
        let seen = &self.seen.output;
        let has_printed =
            (output.shown, output.announced) != (seen.shown, seen.announced);
        if self.read_journal() || has_printed {
            self.changed = Instant::now();
            self.ticks_when_quiet = None;
        } else if self.changed.elapsed() > QUIET_PERIOD / 3 {
            // Not at once, since the lines of a program come a little after its requests.
            self.ticks_when_quiet.get_or_insert(output.ticks);
        }
        self.seen.output = output;
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
        let waits_for_ever = self.script.never.is_some()
            && self.log.exempt_in_flight()
            && self.log.held() == 0;
        if self.log.arrived() > FLOOD_FACTOR * self.script.requests.get() {
            Some(Termination::Flooding)
        } else if waits_for_ever && quiet > NEVER_TIMEOUT {
            Some(Termination::WaitingForEver)
        } else if quiet > STUCK_TIMEOUT || self.began.elapsed() > RUN_TIMEOUT {
            Some(Termination::Stuck)
        } else {
            None
        }
    }

    fn release_when_due(&mut self) {
        let requests = self.script.requests.get();
        let is_quiet = self.changed.elapsed() > QUIET_PERIOD;
        if self.log.held() > 0 {
            let left = requests.saturating_sub(self.log.released());
            if self.log.in_flight() >= self.at_once.min(left) {
                let may_still_tick = self.may_still_tick();
                if may_still_tick && !is_quiet {
                    return;
                }
                self.seen.stalled |= may_still_tick;
                thread::sleep(MIN_RESPONSE_TIME);
                self.poll();
                self.release_round();
            } else if is_quiet {
                self.expect_no_more();
                self.release_round();
            }
        } else if self.script.last.is_some() && self.log.exempt_in_flight() {
            let all_others_over = self.log.ended() + 1 >= requests;
            let all_shown = self.seen.output.shown >= self.log.answered();
            if (all_others_over && all_shown) || is_quiet {
                self.release_last();
            }
        }
    }

    /// Whether a program that ticks has still to show that it does so while its requests wait,
    /// however many they are: as many threads as requests would let it send them all, and
    /// would be blocked all the same.
    fn may_still_tick(&mut self) -> bool {
        let ticks = self.seen.output.ticks;
        let when_full = *self.ticks_when_full.get_or_insert(ticks);
        self.log.rounds() == 0 && ticks > 0 && ticks < when_full + ENOUGH_TICKS
    }

    fn expect_no_more(&mut self) {
        let queued = self.server.stats().counts().queued;
        self.seen.queued = self.seen.queued.max(queued);
        let ticks = self.seen.output.ticks;
        self.seen.stalled |= ticks > 0 && self.ticks_when_quiet == Some(ticks);
        self.at_once = self.log.in_flight();
    }

    fn release_round(&mut self) {
        self.before_release();
        self.gate.release(self.log.release());
    }

    fn release_last(&mut self) {
        self.before_release();
        let (shown, answered) = (self.seen.output.shown, self.log.answered());
        self.seen.before_last = Some(BeforeLast { shown, answered });
        self.log.release_exempt();
        self.gate.release_exempt();
    }

    fn before_release(&mut self) {
        if self.log.rounds() == 0 {
            self.seen.announced = self.seen.output.announced;
        }
        self.changed = Instant::now();
    }

    /// Kills the program, if it has not ended, and sums up the run.
    fn finish(mut self, termination: Termination) -> Observation {
        let rounds = self.log.rounds();
        let (output, orphans) = self.program.end();
        let ended = Instant::now();
        while self.log.arrived() > self.log.released()
            && ended.elapsed() < SHUTDOWN_GRACE
        {
            thread::sleep(POLL_INTERVAL);
            self.read_journal();
        }
        Observation {
            requests: self.log.finish(),
            rounds,
            peak: self.server.stats().counts().peak_in_flight,
            connections: self.log.connections(),
            termination,
            output,
            orphans,
            ..self.seen
        }
    }
}

fn exited(status: ExitStatus) -> Termination {
    match status.code() {
        Some(0) => Termination::Success,
        code => Termination::Failure(code),
    }
}
