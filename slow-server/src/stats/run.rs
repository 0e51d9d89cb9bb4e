//! One client's run as the live page draws it: each request, or the concurrency over time.

use std::net::IpAddr;
use std::time::Duration;

use serde::Serialize;

use crate::request_meta::{RequestMeta, SanitizedName};
use crate::stats::counts::{Counts, EventKind};
use crate::stats::series::{ConcurrencySeries, Sample};

/// The most requests of a run that are kept one by one, which is the tutorial's hundred.
pub(super) const MOST_RECORDS: usize = 100;

/// After this long without a request, the same name is a new run.
const IDLE_MS: u64 = 10_000;

/// The name of its client, and what tells it apart from others of that name.
#[derive(Debug)]
pub(super) struct Name {
    client: SanitizedName,
    // Its `x-run`, or empty.
    run: SanitizedName,
    // Its `x-run-id`, or empty.
    run_id: SanitizedName,
    // Of its client; of the first one, where several are one run by `x-run`.
    ip: Option<IpAddr>,
}

/// Its counts and requests so far.
#[derive(Debug)]
pub(super) struct Run {
    /// Its order among the others: a later one has a higher id.
    pub(super) id: u64,
    // `None` for all requests that arrived when no run could be replaced.
    name: Option<Name>,
    began_ms: u64,
    /// When something last happened, in milliseconds since the server began.
    pub(super) last_ms: u64,
    // The ideal time, by its client.
    ideal: Option<Duration>,
    longest: Duration,
    counts: Counts,
    records: Vec<RequestRecord>,
    series: ConcurrencySeries,
}

/// One request, in milliseconds since its run began.
#[derive(Debug, Clone, Copy)]
struct RequestRecord {
    request: u64,
    arrived_ms: u64,
    delay_ms: u64,
    started_ms: Option<u64>,
    // When it ended, and until then when it is due, if it has a permit.
    until_ms: Option<u64>,
    last: EventKind,
}

#[derive(Debug, Serialize)]
pub(super) struct RunView {
    id: u64,
    /// `null` where there were too many runs to tell apart.
    client: Option<String>,
    run: Option<String>,
    /// The address of its client, if another run has the same name.
    address: Option<IpAddr>,
    began_ms: u64,
    last_ms: u64,
    /// The ideal time in milliseconds, by its client; `null` without `x-ideal-ms`.
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
    /// and the number of its last event in [`EventKind`].
    Requests(Vec<RecordView>),
    /// The peak in flight, and in flight or queued, in each step of `step_ms`.
    Curve { step_ms: u64, in_flight: Vec<usize>, waiting: Vec<usize> },
}

type RecordView = (u64, u64, Option<u64>, Option<u64>, u8);

impl Name {
    pub(super) fn of(meta: RequestMeta) -> Self {
        let RequestMeta { client, run, run_id, peer, .. } = meta;
        // IPv4 as IPv6 writes it is still the same address.
        let ip = peer.map(|peer| peer.ip().to_canonical());
        Self { client, run, run_id, ip }
    }

    fn is_same_run(&self, other: &Self) -> bool {
        let is_same_program = !self.run.as_str().is_empty() || self.ip == other.ip;
        is_same_program && self.reads_like(other) && self.run_id == other.run_id
    }

    fn reads_like(&self, other: &Self) -> bool {
        self.client == other.client && self.run == other.run
    }
}

impl Run {
    pub(super) fn new(id: u64, name: Option<Name>, now: u64) -> Self {
        Self {
            id,
            name,
            began_ms: now,
            last_ms: now,
            ideal: None,
            longest: Duration::ZERO,
            counts: Counts::default(),
            records: Vec::new(),
            series: ConcurrencySeries::default(),
        }
    }

    /// Whether it is one run, and not several in one.
    pub(super) fn is_named(&self) -> bool {
        self.name.is_some()
    }

    pub(super) fn is_of(&self, name: &Name) -> bool {
        self.name.as_ref().is_some_and(|own| own.is_same_run(name))
    }

    /// Whether only the address distinguishes it from another.
    fn reads_like(&self, other: &Self) -> bool {
        match (&self.name, &other.name) {
            (Some(one), Some(other)) => one.ip != other.ip && one.reads_like(other),
            _ => false,
        }
    }

    /// A request arrived; returns its record.
    pub(super) fn arrive(
        &mut self,
        request: u64,
        delay: Duration,
        ideal: Option<Duration>,
        now: u64,
    ) -> usize {
        // The first one counts: it is the same in each request. Several runs in one have none.
        if self.is_named() {
            self.ideal = self.ideal.or(ideal);
        }
        self.longest = self.longest.max(delay);
        self.counts.arrive();
        let record = self.records.len();
        if self.counts.received <= MOST_RECORDS {
            self.records.push(RequestRecord {
                request,
                arrived_ms: now - self.began_ms,
                delay_ms: millis(delay),
                started_ms: None,
                until_ms: None,
                last: EventKind::Arrived,
            });
        } else {
            // Too many to draw: the series represents all of them.
            self.records = Vec::new();
        }
        self.note(now);
        record
    }

    /// A request got a permit.
    pub(super) fn start(&mut self, record: usize, now: u64) {
        self.counts.start();
        if let Some(record) = self.records.get_mut(record) {
            let since = now - self.began_ms;
            record.started_ms = Some(since);
            record.until_ms = Some(since + record.delay_ms);
            record.last = EventKind::Started;
        }
        self.note(now);
    }

    /// A request is over; `is_queued` if it never got a permit.
    pub(super) fn end(
        &mut self,
        record: usize,
        is_queued: bool,
        kind: EventKind,
        now: u64,
    ) {
        self.counts.end(is_queued, kind);
        if let Some(record) = self.records.get_mut(record) {
            record.until_ms = Some(now - self.began_ms);
            record.last = kind;
        }
        self.note(now);
    }

    pub(super) fn waiting(&self) -> usize {
        self.counts.in_flight + self.counts.queued
    }

    pub(super) fn is_over(&self, now: u64) -> bool {
        self.waiting() == 0 && now - self.last_ms > IDLE_MS
    }

    /// Writes the levels of this moment down.
    fn note(&mut self, now: u64) {
        self.last_ms = now;
        let sample =
            Sample { in_flight: self.counts.in_flight, waiting: self.waiting() };
        self.series.note(now - self.began_ms, sample);
    }

    /// With each request, if there is room left for as many; and with its address, if one of
    /// `others` has another and no other difference.
    pub(super) fn to_view(&self, others: &[Self], room: &mut usize) -> RunView {
        let is_ambiguous = others.iter().any(|other| self.reads_like(other));
        let name = self.name.as_ref();
        let has_all = self.records.len() == self.counts.received;
        let detail = if has_all && self.records.len() <= *room {
            *room -= self.records.len();
            Detail::Requests(
                self.records.iter().map(|record| record.to_view()).collect(),
            )
        } else {
            let points = self.series.points();
            Detail::Curve {
                step_ms: self.series.step_ms(),
                in_flight: points.iter().map(|sample| sample.in_flight).collect(),
                waiting: points.iter().map(|sample| sample.waiting).collect(),
            }
        };
        RunView {
            id: self.id,
            client: name.map(|name| name.client.to_string()),
            run: name.map(|name| name.run.to_string()),
            address: name.and_then(|name| name.ip).filter(|_| is_ambiguous),
            began_ms: self.began_ms,
            last_ms: self.last_ms,
            ideal_ms: self.ideal.map(|ideal| ideal.as_secs_f64() * 1e3),
            longest_ms: self.longest.as_secs_f64() * 1e3,
            counts: self.counts,
            detail,
        }
    }
}

impl RequestRecord {
    fn to_view(self) -> RecordView {
        let Self { request, arrived_ms, started_ms, until_ms, last, .. } = self;
        (request, arrived_ms, started_ms, until_ms, last as u8)
    }
}

/// Whole milliseconds.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
