//! The counts of the server, by which every comparison is checked.
//!
//! A request is counted by a [`RequestGuard`] that lives as long as the request does. If
//! the client disconnects, its request is dropped, and the guard counts it as aborted: no
//! request ends without being counted.

pub(crate) mod counts;
pub(crate) mod records;
pub(crate) mod run;
pub(crate) mod runs;
mod series;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use tokio::time::Instant;

use crate::request_meta::RequestMeta;
use crate::stats::counts::{Counts, Event, EventKind};
use crate::stats::records::{RecordFilter, RecordNumber, Records, RequestRecords};
use crate::stats::runs::{RunRegistry, RunSlot, Snapshot};

/// The counts of one server, shared by its handlers.
#[derive(Debug, Default)]
pub struct Stats {
    // One lock for all counts, so that a snapshot is of one moment and its sums agree.
    // It is held for a few additions, never across an await.
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    began: Instant,
    counts: Counts,
    // When the first request since the last reset arrived.
    first_arrival_us: Option<u64>,
    journal: Option<Vec<Event>>,
    records: Records,
    runs: RunRegistry,
    // Goes up with each change, so that the live page is drawn only when it is another.
    changes: u64,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            counts: Counts::default(),
            first_arrival_us: None,
            journal: None,
            records: Records::default(),
            runs: RunRegistry::default(),
            changes: 0,
        }
    }
}

impl Inner {
    /// Microseconds since the server began.
    fn now_us(&self) -> u64 {
        micros(self.began.elapsed())
    }
}

impl Stats {
    /// Counts from zero; with a journal if asked to keep every event.
    #[must_use]
    pub fn new(journal: bool) -> Arc<Self> {
        let journal = journal.then(Vec::new);
        Arc::new(Self { inner: Mutex::new(Inner { journal, ..Inner::default() }) })
    }

    /// The counts of this moment.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.inner.lock().counts
    }

    /// All events since the start or the last reset, oldest first; empty where none are kept.
    #[must_use]
    pub fn journal(&self) -> Vec<Event> {
        self.inner.lock().journal.clone().unwrap_or_default()
    }

    /// Sets the counts to zero and the peak to what is in flight.
    pub fn reset(&self) {
        let mut inner = self.inner.lock();
        let Counts { in_flight, queued, .. } = inner.counts;
        inner.counts = Counts {
            in_flight,
            queued,
            peak_in_flight: in_flight,
            ..Counts::default()
        };
        inner.first_arrival_us = None;
        if let Some(journal) = &mut inner.journal {
            journal.clear();
        }
        // The records stay, which others may ask for, and so do the runs: they have counts of
        // their own, and `compare` resets before each.
        inner.changes += 1;
    }

    /// Counts a request that will sleep for `delay`, and adds it to its run on the live
    /// page. It is queued until [`RequestGuard::start`].
    #[must_use]
    pub fn arrive(
        self: &Arc<Self>,
        number: u64,
        delay: Duration,
        meta: RequestMeta,
    ) -> RequestGuard {
        let peer = meta.peer;
        let inner = &mut *self.change();
        let now_us = inner.now_us();
        let mut guard = self.guard(inner, number, peer, now_us);
        guard.record =
            Some(inner.records.arrive(meta.client.as_str(), peer, now_us));
        guard.slot = Some(inner.runs.arrive(number, delay, meta));
        guard
    }

    /// The same, but it is in the counts alone: the live page has no lane for it, and there is
    /// no record of it.
    #[must_use]
    pub fn arrive_without_run(
        self: &Arc<Self>,
        number: u64,
        peer: SocketAddr,
    ) -> RequestGuard {
        let inner = &mut *self.change();
        let now_us = inner.now_us();
        self.guard(inner, number, Some(peer), now_us)
    }

    /// Records a request for something that the server does not have. It is not counted.
    pub(crate) fn miss(&self, meta: &RequestMeta, asked: String) {
        let inner = &mut *self.inner.lock();
        let now_us = inner.now_us();
        inner.records.miss(meta.client.as_str(), meta.peer, asked, now_us);
    }

    /// The records of the newest requests, of which it was asked for these.
    #[must_use]
    pub fn records(&self, filter: &RecordFilter) -> RequestRecords {
        let selected = {
            let inner = self.inner.lock();
            inner.records.selected(filter, inner.now_us())
        };
        // Outside the lock, since it can be tens of thousands.
        selected.into()
    }

    fn guard(
        self: &Arc<Self>,
        inner: &mut Inner,
        number: u64,
        peer: Option<SocketAddr>,
        now_us: u64,
    ) -> RequestGuard {
        let guard = RequestGuard {
            stats: Arc::clone(self),
            number,
            peer,
            record: None,
            slot: None,
            late_us: None,
            stage: Stage::Queued,
        };
        guard.note(inner, EventKind::Arrived);
        inner.counts.arrive();
        inner.first_arrival_us.get_or_insert(now_us);
        guard
    }

    /// The counts and the runs at one moment.
    pub(crate) fn snapshot(&self) -> (Counts, Snapshot) {
        let mut inner = self.inner.lock();
        (inner.counts, inner.runs.snapshot())
    }

    /// Milliseconds since the server began.
    pub(crate) fn now_ms(&self) -> u64 {
        self.inner.lock().runs.now_ms()
    }

    /// A number that is another one after each change.
    pub(crate) fn changes(&self) -> u64 {
        self.inner.lock().changes
    }

    /// Something changed that is not counted here, but shown with the counts.
    pub(crate) fn note_change(&self) {
        self.inner.lock().changes += 1;
    }

    /// Locks it for a change that happens now.
    fn change(&self) -> MutexGuard<'_, Inner> {
        let mut inner = self.inner.lock();
        inner.changes += 1;
        inner
    }
}

/// A request on its way through the server. Dropped unfinished, it counts as aborted.
#[derive(Debug)]
pub struct RequestGuard {
    stats: Arc<Stats>,
    number: u64,
    peer: Option<SocketAddr>,
    // Both `None` where there is no record of it.
    record: Option<RecordNumber>,
    slot: Option<RunSlot>,
    // By how much its delay was longer than planned; at most an hour.
    late_us: Option<u32>,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Queued,
    InFlight,
    Over,
}

impl RequestGuard {
    /// The request has a permit: its delay begins. Returned anew, it is dropped before the
    /// permit, so that an aborted request is counted before the next one starts.
    #[must_use]
    pub fn start(mut self) -> Self {
        self.stage = Stage::InFlight;
        {
            let inner = &mut *self.stats.change();
            self.note(inner, EventKind::Started);
            inner.counts.start();
            if let Some(record) = self.record {
                let now_us = inner.now_us();
                inner.records.start(record, now_us);
            }
            if let Some(slot) = self.slot {
                inner.runs.start(slot);
            }
        }
        self
    }

    /// Its delay was longer than planned by `late`.
    pub(crate) fn woke_late(&mut self, late: Duration) {
        self.late_us = Some(u32::try_from(late.as_micros()).unwrap_or(u32::MAX));
    }

    /// Its response is sent: the page, or if it `fails` its planned 503.
    pub fn finish(mut self, fails: bool) {
        self.end(if fails { EventKind::Failed } else { EventKind::Answered });
    }

    /// It gets no permit, but a 503 immediately.
    pub fn reject(mut self) {
        self.end(EventKind::Rejected);
    }

    fn end(&mut self, kind: EventKind) {
        let stage = std::mem::replace(&mut self.stage, Stage::Over);
        let is_queued = stage == Stage::Queued;
        tracing::debug!(request = self.number, ?kind, "ended");
        let inner = &mut *self.stats.change();
        let now_us = inner.now_us();
        self.note(inner, kind);
        inner.counts.end(is_queued, kind);
        inner.counts.span_us = inner.first_arrival_us.map(|first| now_us - first);
        if let Some(late_us) = self.late_us {
            inner.counts.add_late(late_us);
        }
        if let Some(record) = self.record {
            inner.records.end(record, kind, now_us);
        }
        if let Some(slot) = self.slot {
            inner.runs.end(slot, is_queued, kind);
        }
    }

    fn note(&self, inner: &mut Inner, kind: EventKind) {
        if let Some(journal) = &mut inner.journal {
            journal.push(Event { request: self.number, kind, peer: self.peer });
        }
    }
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        if self.stage != Stage::Over {
            self.end(EventKind::Aborted);
        }
    }
}

/// Whole microseconds.
fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
