//! Runs a program against a server whose answers wait for a word, and gives the word.
//!
//! An answer is given when as many requests are in flight as are wanted, or as are left, or
//! when nothing more happens. So it is causes that are seen, not times: a request that
//! arrives after an answer waited for it, and on a slow machine all is as on a fast one.

use std::num::NonZeroUsize;
use std::path::Path;
use std::process::ExitStatus;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use slow_server::{Background, Config, ResponseGate};

use crate::diagnosis::observation::{BeforeLast, Observation, Termination};
use crate::pack::{self, Exercise};
use crate::program::process::{Output, Program};
use crate::program::request_log::RequestLog;

/// How long nothing may happen, until it is taken that nothing more will.
const PATIENCE: Duration = Duration::from_millis(1500);

/// How long an answer takes at the least: enough for a program that sends more than it
/// should to do so.
const ANSWER: Duration = Duration::from_millis(50);

/// Ticks that a program cannot have printed before its last request and that come only now.
const ENOUGH_TICKS: usize = 3;

/// How long a program may wait for the answer that never comes.
const NEVER: Duration = Duration::from_secs(3);

/// How long a program may do nothing that is seen, with no answer to wait for.
const STUCK: Duration = Duration::from_secs(5);

/// How long a program may run in all.
const LONGEST: Duration = Duration::from_mins(1);

/// How long the server has to notice that a program is gone.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(1);

/// How often it is looked for what is new.
const POLL_INTERVAL: Duration = Duration::from_millis(2);

/// The seeds that are tried: of ten requests, one seed in 26 fails a certain one alone.
const SEEDS: u64 = 100_000;

/// Above so many times the requests that it was asked for, a program is ended.
const FAR_TOO_MANY: usize = 3;

/// Runs a program to its end, which is the bound if it has none of its own.
///
/// Errors: there is no port, process or thread left for it.
pub(crate) fn run(
    executable: &Path,
    exercise: &Exercise,
) -> anyhow::Result<Observation> {
    let script = &exercise.server;
    let apart = script.last.or(script.never);
    let gate = apart.map_or_else(ResponseGate::default, |request| {
        ResponseGate::exempt(request as u64)
    });
    let server = Background::start(config(script, &gate))
        .context("cannot start the server of the check")?;
    let program = Program::start(executable, &server.url(), script.requests)?;
    Run::new(exercise, gate, server, program).conduct()
}

fn config(script: &pack::Server, gate: &ResponseGate) -> Config {
    let config = Config {
        max_concurrent: script.places,
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

/// A run that is under way.
struct Run {
    asked: usize,
    // What becomes of the answer that is apart from the others.
    apart: Option<Apart>,
    gate: ResponseGate,
    server: Background,
    program: Program,

    visits: RequestLog,
    words: Output,
    // How far the journal was read.
    read: usize,
    // As many as the program is expected to have in flight: first those that are wanted,
    // and when no more come, those that it had then.
    at_once: usize,
    began: Instant,
    changed: Instant,
    // The ticks that had come some time after the last change.
    ticks: Option<usize>,
    // The ticks that had come when as many were in flight as are wanted.
    ticks_when_full: Option<usize>,
    seen: Observation,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Apart {
    Last,
    Never,
}

impl Run {
    fn new(
        exercise: &Exercise,
        gate: ResponseGate,
        server: Background,
        program: Program,
    ) -> Self {
        let script = &exercise.server;
        let now = Instant::now();
        Self {
            asked: script.requests.get(),
            apart: script
                .last
                .map(|_| Apart::Last)
                .or(script.never.map(|_| Apart::Never)),
            gate,
            server,
            program,
            visits: RequestLog::new(script.last.or(script.never)),
            words: Output::default(),
            read: 0,
            at_once: exercise.wanted.at_once.get(),
            began: now,
            changed: now,
            ticks: None,
            ticks_when_full: None,
            seen: Observation::default(),
        }
    }

    fn conduct(mut self) -> anyhow::Result<Observation> {
        let ending = loop {
            // Asked before the look: all that it has done is seen then.
            let status = self.program.has_ended()?;
            self.look();
            if let Some(status) = status {
                break ended_with(status);
            }
            if let Some(ending) = self.bound() {
                break ending;
            }
            self.give_answers_in_time();
            thread::sleep(POLL_INTERVAL);
        };
        Ok(self.end(ending))
    }

    /// Takes up what has happened.
    fn look(&mut self) {
        let words = self.program.words();
        let journal = self.server.stats().journal();
        let counts = |words: &Output| (words.shown, words.begun);
        if journal.len() > self.read || counts(&words) != counts(&self.words) {
            self.changed = Instant::now();
            self.ticks = None;
        } else if self.ticks.is_none() && self.changed.elapsed() > PATIENCE / 3 {
            // Not at once, since the lines of a program come a little after its requests.
            self.ticks = Some(words.ticks);
        }
        for event in journal.iter().skip(self.read) {
            self.visits.take(event);
        }
        self.read = journal.len();
        self.words = words;
    }

    /// Why the program has to be ended now, if it has to.
    fn bound(&self) -> Option<Termination> {
        let still = self.changed.elapsed();
        let others_wait = self.visits.held() > 0;
        let waits_for_ever =
            self.apart == Some(Apart::Never) && self.visits.apart_waits();
        if self.visits.arrived() > FAR_TOO_MANY * self.asked {
            Some(Termination::Flooding)
        } else if waits_for_ever && !others_wait && still > NEVER {
            Some(Termination::WaitingForEver)
        } else if still > STUCK || self.began.elapsed() > LONGEST {
            Some(Termination::Stuck)
        } else {
            None
        }
    }

    fn give_answers_in_time(&mut self) {
        let nothing_more = self.changed.elapsed() > PATIENCE;
        if self.visits.held() > 0 {
            let left = self.asked.saturating_sub(self.visits.over());
            if self.visits.in_flight() >= self.at_once.min(left) {
                if self.may_still_tick() && !nothing_more {
                    return;
                }
                self.seen.stalled |= self.may_still_tick();
                thread::sleep(ANSWER);
                self.look();
                self.give_answers();
            } else if nothing_more {
                self.notice_that_no_more_come();
                self.give_answers();
            }
        } else if self.apart == Some(Apart::Last) && self.visits.apart_waits() {
            let all_others_over = self.visits.ended() + 1 >= self.asked;
            let all_shown = self.words.shown >= self.visits.answered();
            if (all_others_over && all_shown) || nothing_more {
                self.give_last_answer();
            }
        }
    }

    /// Whether a program that ticks has still to show that it does so while its requests wait,
    /// however many they are: as many threads as requests would let it send them all, and
    /// would be blocked all the same.
    fn may_still_tick(&mut self) -> bool {
        let ticks = self.words.ticks;
        let when_full = *self.ticks_when_full.get_or_insert(ticks);
        self.visits.rounds() == 0 && ticks > 0 && ticks < when_full + ENOUGH_TICKS
    }

    fn notice_that_no_more_come(&mut self) {
        let queued = self.server.stats().counts().queued;
        self.seen.in_line = self.seen.in_line.max(queued);
        let ticked_before = self.words.ticks > 0;
        self.seen.stalled |= ticked_before && self.ticks == Some(self.words.ticks);
        self.at_once = self.visits.in_flight();
    }

    fn give_answers(&mut self) {
        self.note_what_was_begun();
        self.gate.release(self.visits.release());
        self.changed = Instant::now();
    }

    fn give_last_answer(&mut self) {
        self.note_what_was_begun();
        let (shown, answered) = (self.words.shown, self.visits.answered());
        self.seen.before_last = Some(BeforeLast { shown, answered });
        self.visits.release_apart();
        self.gate.release_exempt();
        self.changed = Instant::now();
    }

    fn note_what_was_begun(&mut self) {
        if self.visits.rounds() == 0 {
            self.seen.begun = self.words.begun;
        }
    }

    /// Ends the program, and tells what was seen of it.
    fn end(mut self, ending: Termination) -> Observation {
        let rounds = self.visits.rounds();
        let (words, left_running) = self.program.end();
        let farewell = Instant::now();
        while self.visits.arrived() > self.visits.over()
            && farewell.elapsed() < SHUTDOWN_GRACE
        {
            thread::sleep(POLL_INTERVAL);
            for event in self.server.stats().journal().iter().skip(self.read) {
                self.visits.take(event);
                self.read += 1;
            }
        }
        Observation {
            visits: self.visits.list(),
            rounds,
            peak: self.server.stats().counts().peak_in_flight,
            connections: self.visits.connections(),
            ending,
            words,
            left_running,
            ..self.seen
        }
    }
}

fn ended_with(status: ExitStatus) -> Termination {
    match status.code() {
        Some(0) => Termination::Well,
        code => Termination::WithAnError(code),
    }
}
