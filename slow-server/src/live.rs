//! Who waits, by client and run: what the live page draws.
//!
//! It is bounded, whatever comes: so many runs, so many requests of a run one by one, and
//! beyond that only how many waited when.

use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use crate::curve::{Curve, Level};
use crate::ideal;
use crate::label::Label;
use crate::order::Order;
use crate::said::Said;
use crate::stats::{Counts, EventKind};

/// The most runs that are kept; then the one that has been over for longest makes room.
const MOST_RUNS: usize = 63;

/// The most requests of a run that are kept one by one, which is the tutorial's hundred.
const MOST_MARKS: usize = 100;

/// The most requests that one picture has one by one, for the newest runs.
const MOST_MARKS_TOLD: usize = 400;

/// After this long with nobody waiting, a name that comes again is a new run.
const REST_MS: u64 = 10_000;

/// The runs of a server, newest last unless an old one made room.
#[derive(Debug)]
pub(crate) struct Live {
    began: Instant,
    last_ms: u64,
    // Only ever replaced in place, so that a ticket stays right: see `Ticket`.
    runs: Vec<Run>,
    next_id: u64,
}

/// Whose run it is.
#[derive(Debug)]
struct Name {
    client: Label,
    run: Label,
}

/// Where a request is written down. Two bytes, since there may be ten million of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticket {
    // A run makes room only when nobody waits in it, so this place is still the same run's.
    run: u8,
    // Where there are too many to keep each one, it is of no use.
    mark: u8,
}

#[derive(Debug)]
struct Run {
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

/// All runs at one moment, as the live page is told of them.
#[derive(Debug, Serialize)]
pub(crate) struct Picture {
    /// Milliseconds since the server began.
    now_ms: u64,
    runs: Vec<RunTold>,
}

#[derive(Debug, Serialize)]
struct RunTold {
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

impl Default for Live {
    fn default() -> Self {
        Self { began: Instant::now(), last_ms: 0, runs: Vec::new(), next_id: 0 }
    }
}

impl Live {
    /// A request came in `now`, and will wait for as long as it asks for once it has a
    /// place.
    pub(crate) fn arrive(&mut self, order: &Order<'_>, now: u64) -> Ticket {
        let Order { request, delay, ref said, .. } = *order;
        let slot = self.slot(said, now);
        let run = &mut self.runs[slot];
        // The first word counts: a client says the same with each request. What was put
        // together of several runs has no ideal.
        if run.name.is_some() {
            run.ideal = run.ideal.or_else(|| ideal::of(said.ideal_ms));
        }
        run.longest = run.longest.max(delay);
        run.counts.arrive();
        let mark = run.marks.len();
        if run.counts.received <= MOST_MARKS {
            run.marks.push(Mark {
                request,
                arrived_ms: now - run.began_ms,
                delay_ms: millis(delay),
                started_ms: None,
                until_ms: None,
                last: EventKind::Arrived,
            });
        } else {
            // Too many to draw: the curve stands for all of them.
            run.marks = Vec::new();
        }
        run.note(now);
        let byte = |number| u8::try_from(number).unwrap_or(u8::MAX);
        Ticket { run: byte(slot), mark: byte(mark) }
    }

    /// It got a place.
    pub(crate) fn start(&mut self, ticket: Ticket, now: u64) {
        let Some(run) = self.runs.get_mut(usize::from(ticket.run)) else { return };
        run.counts.start();
        if let Some(mark) = run.marks.get_mut(usize::from(ticket.mark)) {
            let since = now - run.began_ms;
            mark.started_ms = Some(since);
            mark.until_ms = Some(since + mark.delay_ms);
            mark.last = EventKind::Started;
        }
        run.note(now);
    }

    /// It is over, in the way that `kind` says; `is_queued` if it never got a place.
    pub(crate) fn end(
        &mut self,
        ticket: Ticket,
        is_queued: bool,
        kind: EventKind,
        now: u64,
    ) {
        let Some(run) = self.runs.get_mut(usize::from(ticket.run)) else { return };
        run.counts.end(is_queued, kind);
        if let Some(mark) = run.marks.get_mut(usize::from(ticket.mark)) {
            mark.until_ms = Some(now - run.began_ms);
            mark.last = kind;
        }
        run.note(now);
    }

    /// What there is to draw, oldest run first.
    pub(crate) fn picture(&mut self) -> Picture {
        let now_ms = self.now_ms();
        let mut newest_first: Vec<&Run> = self.runs.iter().collect();
        newest_first.sort_by_key(|run| std::cmp::Reverse(run.id));
        let mut room = MOST_MARKS_TOLD;
        let mut runs: Vec<RunTold> =
            newest_first.into_iter().map(|run| run.tell(&mut room)).collect();
        runs.reverse();
        Picture { now_ms, runs }
    }

    /// Never goes back, so that all that is written down is in order.
    pub(crate) fn now_ms(&mut self) -> u64 {
        self.last_ms = self.last_ms.max(millis(self.began.elapsed()));
        self.last_ms
    }

    /// Where the run of this name is, or a new one.
    fn slot(&mut self, said: &Said<'_>, now: u64) -> usize {
        let is_this = |run: &Run| {
            run.name.as_ref().is_some_and(|name| name.is(said)) && !run.is_over(now)
        };
        if let Some(slot) = self.runs.iter().rposition(is_this) {
            return slot;
        }
        self.next_id += 1;
        let name = Name::of(said);
        let new = |name| Run::new(self.next_id, name, now);
        let named = self.runs.iter().filter(|run| run.name.is_some()).count();
        if named < MOST_RUNS {
            self.runs.push(new(Some(name)));
            return self.runs.len() - 1;
        }
        let runs = || self.runs.iter().enumerate();
        let oldest = runs()
            .filter(|(_, run)| run.name.is_some() && run.waiting() == 0)
            .min_by_key(|(_, run)| run.last_ms);
        if let Some((slot, _)) = oldest {
            self.runs[slot] = new(Some(name));
            return slot;
        }
        if let Some((slot, others)) = runs().find(|(_, run)| run.name.is_none()) {
            if others.is_over(now) {
                self.runs[slot] = new(None);
            }
            return slot;
        }
        self.runs.push(new(None));
        self.runs.len() - 1
    }
}

impl Name {
    fn of(said: &Said<'_>) -> Self {
        Self { client: Label::of(said.client), run: Label::of(said.run) }
    }

    fn is(&self, said: &Said<'_>) -> bool {
        self.run.is(said.run) && self.client.is(said.client)
    }
}

impl Run {
    fn new(id: u64, name: Option<Name>, now: u64) -> Self {
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

    fn waiting(&self) -> usize {
        self.counts.in_flight + self.counts.queued
    }

    fn is_over(&self, now: u64) -> bool {
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
    fn tell(&self, room: &mut usize) -> RunTold {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::curve::MOST_POINTS;

    /// A request of one of two runs.
    fn order(run: usize) -> Order<'static> {
        let run = Some([&b"0"[..], b"1"][run]);
        let said = Said { run, ..Said::default() };
        Order { request: 0, delay: Duration::from_secs(1), fails: false, said }
    }

    /// The most requests at once, rebuilt from what is drawn.
    fn peak(run: &Value, now: u64) -> usize {
        let since = |ms: &Value| ms.as_u64().unwrap();
        let requests = run["requests"].as_array().unwrap();
        let now = now - since(&run["began_ms"]);
        let begun: Vec<_> =
            requests.iter().filter(|one| !one[2].is_null()).collect();
        let end = |one: &Value| if one[4] == 1 { now + 1 } else { since(&one[3]) };
        let at_once = |ms| {
            begun.iter().filter(|one| since(&one[2]) <= ms && ms < end(one)).count()
        };
        begun.iter().map(|one| at_once(since(&one[2]))).max().unwrap_or(0)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever comes, starts and ends when: a picture of few requests has each moment,
        /// one of many has as high a curve as there were requests at once, and none grows.
        #[test]
        fn a_picture_is_what_happened(
            steps in prop::collection::vec(
                (0..5_u8, 0..2_usize, any::<prop::sample::Index>(), 1..300_u64), 0..500,
            ),
        ) {
            let clock = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .unwrap();
            clock.block_on(async {
                let mut live = Live::default();
                let mut under_way: Vec<(Ticket, bool)> = Vec::new();
                for (step, run, which, gap) in steps {
                    tokio::time::advance(Duration::from_millis(gap)).await;
                    let now = live.now_ms();
                    if step < 2 || under_way.is_empty() {
                        let ticket = live.arrive(&order(run), now);
                        under_way.push((ticket, true));
                        continue;
                    }
                    let which = which.index(under_way.len());
                    let (ticket, is_queued) = under_way[which];
                    if is_queued && step < 4 {
                        live.start(ticket, now);
                        under_way[which].1 = false;
                    } else {
                        live.end(ticket, is_queued, EventKind::Answered, now);
                        under_way.swap_remove(which);
                    }
                }
                let picture = serde_json::to_value(live.picture()).unwrap();
                let now = picture["now_ms"].as_u64().unwrap();
                let mut waiting = 0;
                for run in picture["runs"].as_array().unwrap() {
                    let count = |name: &str| usize::try_from(run[name].as_u64().unwrap()).unwrap();
                    let all = count("in_flight") + count("queued") + count("answered");
                    prop_assert_eq!(count("received"), all);
                    waiting += count("in_flight") + count("queued");
                    if run["requests"].is_array() {
                        prop_assert_eq!(peak(run, now), count("peak_in_flight"));
                        continue;
                    }
                    prop_assert!(count("received") > MOST_MARKS);
                    let curve = run["curve"]["in_flight"].as_array().unwrap();
                    prop_assert!(curve.len() <= MOST_POINTS);
                    let highest = curve.iter().map(|point| point.as_u64().unwrap()).max();
                    prop_assert_eq!(highest, run["peak_in_flight"].as_u64());
                }
                prop_assert_eq!(waiting, under_way.len());
                Ok(())
            })?;
        }
    }
}
