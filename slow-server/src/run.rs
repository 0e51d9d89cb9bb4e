//! One client's run as the live page draws it: each request, or how many waited when.

use std::time::Duration;

use serde::Serialize;

use crate::curve::{Curve, Level};
use crate::ideal;
use crate::label::Label;
use crate::order::Order;
use crate::said::Said;
use crate::stats::{Counts, EventKind};

/// The most requests of a run that are kept one by one, which is the tutorial's hundred.
pub(crate) const MOST_MARKS: usize = 100;

/// After this long with nobody waiting, a name that comes again is a new run.
const REST_MS: u64 = 10_000;

/// Whose run it is.
#[derive(Debug)]
pub(crate) struct Name {
    client: Label,
    run: Label,
}

/// What happened in it so far.
#[derive(Debug)]
pub(crate) struct Run {
    id: u64,
    // `None` for those who came when each run kept had somebody waiting.
    name: Option<Name>,
    began_ms: u64,
    last_ms: u64,
    // What the client says all of it should take.
    ideal: Option<Duration>,
    longest: Duration,
    counts: Counts,
    marks: Vec<Mark>,
    curve: Curve,
}

/// One request, in milliseconds since its run began.
#[derive(Debug, Clone, Copy)]
struct Mark {
    request: u64,
    arrived_ms: u64,
    delay_ms: u64,
    started_ms: Option<u64>,
    // When it ended, and until then when it is due, if it has a place.
    until_ms: Option<u64>,
    last: EventKind,
}

#[derive(Debug, Serialize)]
pub(crate) struct RunTold {
    id: u64,
    /// `null` where there were too many runs to tell apart.
    client: Option<String>,
    run: Option<String>,
    began_ms: u64,
    last_ms: u64,
    /// Milliseconds that the client says all of it should take; `null` where it says
    /// nothing.
    ideal_ms: Option<f64>,
    /// The longest delay, in milliseconds.
    longest_ms: f64,
    #[serde(flatten)]
    counts: Counts,
    #[serde(flatten)]
    detail: Detail,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Detail {
    /// Each request: its number; when it arrived, when it started, when it ended or is due;
    /// and how far it is, as the place of its last event in [`EventKind`].
    Requests(Vec<MarkTold>),
    /// How many were in flight in each step of so many milliseconds, and how many waited at
    /// all.
    Curve { step_ms: u64, in_flight: Vec<usize>, waiting: Vec<usize> },
}

type MarkTold = (u64, u64, Option<u64>, Option<u64>, u8);

impl Name {
    pub(crate) fn of(said: &Said<'_>) -> Self {
        Self { client: Label::of(said.client), run: Label::of(said.run) }
    }

    fn is(&self, said: &Said<'_>) -> bool {
        self.run.is(said.run) && self.client.is(said.client)
    }
}

impl Run {
    pub(crate) fn new(id: u64, name: Option<Name>, now: u64) -> Self {
        Self {
            id,
            name,
            began_ms: now,
            last_ms: now,
            ideal: None,
            longest: Duration::ZERO,
            counts: Counts::default(),
            marks: Vec::new(),
            curve: Curve::default(),
        }
    }

    /// For its order among the others: who comes later has a higher one.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// When something last happened, in milliseconds since the server began.
    pub(crate) fn last_ms(&self) -> u64 {
        self.last_ms
    }

    /// Whether it is one run, and not what was put together of several.
    pub(crate) fn is_named(&self) -> bool {
        self.name.is_some()
    }

    pub(crate) fn is_of(&self, said: &Said<'_>) -> bool {
        self.name.as_ref().is_some_and(|name| name.is(said))
    }

    /// A request came in; returns its mark.
    pub(crate) fn arrive(&mut self, order: &Order<'_>, now: u64) -> usize {
        let Order { request, delay, ref said, .. } = *order;
        // The first word counts: a client says the same with each request. What was put
        // together of several runs has no ideal.
        if self.is_named() {
            self.ideal = self.ideal.or_else(|| ideal::of(said.ideal_ms));
        }
        self.longest = self.longest.max(delay);
        self.counts.arrive();
        let mark = self.marks.len();
        if self.counts.received <= MOST_MARKS {
            self.marks.push(Mark {
                request,
                arrived_ms: now - self.began_ms,
                delay_ms: millis(delay),
                started_ms: None,
                until_ms: None,
                last: EventKind::Arrived,
            });
        } else {
            // Too many to draw: the curve stands for all of them.
            self.marks = Vec::new();
        }
        self.note(now);
        mark
    }

    /// A request got a place.
    pub(crate) fn start(&mut self, mark: usize, now: u64) {
        self.counts.start();
        if let Some(mark) = self.marks.get_mut(mark) {
            let since = now - self.began_ms;
            mark.started_ms = Some(since);
            mark.until_ms = Some(since + mark.delay_ms);
            mark.last = EventKind::Started;
        }
        self.note(now);
    }

    /// A request is over; `is_queued` if it never got a place.
    pub(crate) fn end(
        &mut self,
        mark: usize,
        is_queued: bool,
        kind: EventKind,
        now: u64,
    ) {
        self.counts.end(is_queued, kind);
        if let Some(mark) = self.marks.get_mut(mark) {
            mark.until_ms = Some(now - self.began_ms);
            mark.last = kind;
        }
        self.note(now);
    }

    pub(crate) fn waiting(&self) -> usize {
        self.counts.in_flight + self.counts.queued
    }

    pub(crate) fn is_over(&self, now: u64) -> bool {
        self.waiting() == 0 && now - self.last_ms > REST_MS
    }

    /// Writes the levels of this moment down.
    fn note(&mut self, now: u64) {
        self.last_ms = now;
        let level =
            Level { in_flight: self.counts.in_flight, waiting: self.waiting() };
        self.curve.note(now - self.began_ms, level);
    }

    /// With each request, if there is room left for as many.
    pub(crate) fn tell(&self, room: &mut usize) -> RunTold {
        let has_all = self.marks.len() == self.counts.received;
        let detail = if has_all && self.marks.len() <= *room {
            *room -= self.marks.len();
            Detail::Requests(self.marks.iter().map(Mark::tell).collect())
        } else {
            let points = self.curve.points();
            Detail::Curve {
                step_ms: self.curve.step_ms(),
                in_flight: points.iter().map(|level| level.in_flight).collect(),
                waiting: points.iter().map(|level| level.waiting).collect(),
            }
        };
        RunTold {
            id: self.id,
            client: self.name.as_ref().map(|name| name.client.to_string()),
            run: self.name.as_ref().map(|name| name.run.to_string()),
            began_ms: self.began_ms,
            last_ms: self.last_ms,
            ideal_ms: self.ideal.map(|ideal| ideal.as_secs_f64() * 1e3),
            longest_ms: self.longest.as_secs_f64() * 1e3,
            counts: self.counts,
            detail,
        }
    }
}

impl Mark {
    fn tell(&self) -> MarkTold {
        let Self { request, arrived_ms, started_ms, until_ms, last, .. } = *self;
        (request, arrived_ms, started_ms, until_ms, last as u8)
    }
}

/// Whole milliseconds.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
