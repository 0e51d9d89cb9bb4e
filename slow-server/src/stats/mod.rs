//! The counts of the server, by which every comparison is checked.
//!
//! A request is counted by a [`RequestGuard`] that lives as long as the request does. If
//! the client disconnects, its request is dropped, and the guard counts it as aborted: no
//! request ends without being counted.

pub(crate) mod counts;
pub(crate) mod run;
pub(crate) mod runs;
mod series;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};

use crate::request_meta::RequestMeta;
use crate::stats::counts::{Counts, Event, EventKind};
use crate::stats::runs::{RunRegistry, RunSlot, Snapshot};

/// The counts of one server, shared by its handlers.
#[derive(Debug, Default)]
pub struct Stats {
    // One lock for all counts, so that a snapshot is of one moment and its sums agree.
    // It is held for a few additions, never across an await.
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    counts: Counts,
    journal: Option<Vec<Event>>,
    runs: RunRegistry,
    // Goes up with each change, so that the live page is drawn only when it is another.
    changes: u64,
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
        if let Some(journal) = &mut inner.journal {
            journal.clear();
        }
        // The runs stay: they have counts of their own, and `compare` resets before each.
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
        let mut guard = self.guard(inner, number, peer);
        guard.slot = Some(inner.runs.arrive(number, delay, meta));
        guard
    }

    /// The same, but the live page shows it in the counts alone.
    #[must_use]
    pub fn arrive_without_run(
        self: &Arc<Self>,
        number: u64,
        peer: SocketAddr,
    ) -> RequestGuard {
        self.guard(&mut self.change(), number, Some(peer))
    }

    fn guard(
        self: &Arc<Self>,
        inner: &mut Inner,
        number: u64,
        peer: Option<SocketAddr>,
    ) -> RequestGuard {
        let (stats, stage) = (Arc::clone(self), Stage::Queued);
        let guard =
            RequestGuard { stats, number, peer, slot: None, late: None, stage };
        guard.note(inner, EventKind::Arrived);
        inner.counts.arrive();
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
    slot: Option<RunSlot>,
    // By how much its delay was longer than planned.
    late: Option<Duration>,
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
            if let Some(slot) = self.slot {
                inner.runs.start(slot);
            }
        }
        self
    }

    /// Its delay was longer than planned by `late`.
    pub(crate) fn woke_late(&mut self, late: Duration) {
        self.late = Some(late);
    }

    /// Its response is sent: the page, or if it `fails` its planned 503.
    pub fn finish(mut self, fails: bool) {
        self.end(if fails { EventKind::Failed } else { EventKind::Answered });
    }

    /// It gets no permit, but a 503 at once.
    pub fn reject(mut self) {
        self.end(EventKind::Rejected);
    }

    fn end(&mut self, kind: EventKind) {
        let stage = std::mem::replace(&mut self.stage, Stage::Over);
        let is_queued = stage == Stage::Queued;
        tracing::debug!(request = self.number, ?kind, "ended");
        let inner = &mut *self.stats.change();
        self.note(inner, kind);
        inner.counts.end(is_queued, kind);
        if let Some(late) = self.late {
            inner.counts.add_late(late);
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
