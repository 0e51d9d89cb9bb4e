//! What the server has seen: the witness of every comparison.
//!
//! A request is counted by a [`Visit`] that lives as long as the request does. If the
//! client goes away, its request is dropped, and the visit counts it as aborted: a
//! request cannot leave without being counted.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::live::{Live, Picture, Ticket};
use crate::order::Order;

/// The counts of one server, shared by its handlers.
#[derive(Debug, Default)]
pub struct Stats {
    // One lock for all counts, so that a snapshot is of one moment and its sums agree.
    // It is held for a few additions, never across an await.
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    counts: Counts,
    journal: Option<Vec<Event>>,
    live: Live,
    // Goes up with each change, so that who draws knows whether there is something new.
    changes: u64,
    // When the last change was, by the clock of the pictures.
    now_ms: u64,
}

impl Book {
    fn note(&mut self, event: Event) {
        if let Some(journal) = &mut self.journal {
            journal.push(event);
        }
    }

    fn start(&mut self, ticket: Ticket, event: Event) {
        self.note(event);
        self.counts.start();
        self.live.start(ticket, self.now_ms);
    }

    fn end(&mut self, ticket: Ticket, is_queued: bool, event: Event) {
        self.note(event);
        self.counts.end(is_queued, event.kind);
        self.live.end(ticket, is_queued, event.kind, self.now_ms);
    }
}

/// The counts at one moment.
///
/// `received = answered + failed + rejected + aborted + in_flight + queued`, unless a
/// reset came while requests were under way.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Requests that hold a place and wait for their answer now.
    pub in_flight: usize,
    /// The most that were in flight at once.
    pub peak_in_flight: usize,
    /// Requests for the page that came in.
    pub received: usize,
    /// Requests that got the page.
    pub answered: usize,
    /// Requests that got the 503 that the fail rate planned for them.
    pub failed: usize,
    /// Requests that found every place taken and got a 503 at once.
    pub rejected: usize,
    /// Requests whose client went away before the answer.
    pub aborted: usize,
    /// Requests that wait for a place now.
    pub queued: usize,
}

impl Counts {
    /// One more request, which is queued until it gets a place.
    pub(crate) fn arrive(&mut self) {
        self.received += 1;
        self.queued += 1;
    }

    /// One of those queued got a place.
    pub(crate) fn start(&mut self) {
        self.queued -= 1;
        self.in_flight += 1;
        self.peak_in_flight = self.peak_in_flight.max(self.in_flight);
    }

    /// One is over, in the way that `kind` says; `is_queued` if it never got a place.
    pub(crate) fn end(&mut self, is_queued: bool, kind: EventKind) {
        if is_queued {
            self.queued -= 1;
        } else {
            self.in_flight -= 1;
        }
        match kind {
            EventKind::Answered => self.answered += 1,
            EventKind::Failed => self.failed += 1,
            EventKind::Rejected => self.rejected += 1,
            EventKind::Aborted => self.aborted += 1,
            EventKind::Arrived | EventKind::Started => {}
        }
    }
}

/// An entry of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// The number of the request, as the client gave it.
    pub request: u64,
    /// What happened to it.
    pub kind: EventKind,
    /// The other end of the connection that it came on; `None` without a socket.
    pub peer: Option<SocketAddr>,
}

/// What happens to a request, in this order: it arrives, it starts to wait for its
/// answer, it ends in one of four ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// It came in.
    Arrived,
    /// It got a place, and its delay began.
    Started,
    /// It got the page.
    Answered,
    /// It got its planned 503.
    Failed,
    /// It found the server full.
    Rejected,
    /// Its client went away.
    Aborted,
}

impl Stats {
    /// Counts from zero; with a journal if asked to keep every event.
    #[must_use]
    pub fn new(journal: bool) -> Arc<Self> {
        let journal = journal.then(Vec::new);
        Arc::new(Self { book: Mutex::new(Book { journal, ..Book::default() }) })
    }

    /// The counts of this moment.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.lock().counts
    }

    /// All events since the start or the last reset, oldest first; empty where none are kept.
    #[must_use]
    pub fn journal(&self) -> Vec<Event> {
        self.lock().journal.clone().unwrap_or_default()
    }

    /// Sets the counts to zero and the peak to what is in flight.
    pub fn reset(&self) {
        let mut book = self.lock();
        let Counts { in_flight, queued, .. } = book.counts;
        book.counts = Counts {
            in_flight,
            queued,
            peak_in_flight: in_flight,
            ..Counts::default()
        };
        if let Some(journal) = &mut book.journal {
            journal.clear();
        }
        // The runs stay: they have counts of their own, and a race resets before each.
        book.changes += 1;
    }

    /// A request came in. If it `has_place` already, its delay begins at once; if not, it is
    /// queued until [`Visit::start`].
    pub(crate) fn arrive(
        self: &Arc<Self>,
        order: &Order<'_>,
        peer: Option<SocketAddr>,
        has_place: bool,
    ) -> Visit {
        let request = order.request;
        let event = |kind| Event { request, kind, peer };
        let book = &mut *self.open();
        let ticket = book.live.arrive(order, book.now_ms);
        book.note(event(EventKind::Arrived));
        book.counts.arrive();
        if has_place {
            book.start(ticket, event(EventKind::Started));
        }
        let stage = if has_place { Stage::InFlight } else { Stage::Queued };
        Visit { stats: Arc::clone(self), request, peer, ticket, stage }
    }

    /// The counts, and who waits, at one moment.
    pub(crate) fn picture(&self) -> (Counts, Picture) {
        let mut book = self.lock();
        (book.counts, book.live.picture())
    }

    /// Milliseconds since the server began, by the clock of the pictures.
    pub(crate) fn now_ms(&self) -> u64 {
        self.lock().live.now_ms()
    }

    /// A number that is another one after each change.
    pub(crate) fn changes(&self) -> u64 {
        self.lock().changes
    }

    /// Something changed that is not counted here, but told with the counts.
    pub(crate) fn note_change(&self) {
        self.lock().changes += 1;
    }

    /// Opens the book for a change that happens now.
    fn open(&self) -> MutexGuard<'_, Book> {
        let mut book = self.lock();
        book.now_ms = book.live.now_ms();
        book.changes += 1;
        book
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        // No code under this lock can panic half-way through a change.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request on its way through the server. Dropping it unfinished counts it as aborted.
#[derive(Debug)]
pub(crate) struct Visit {
    stats: Arc<Stats>,
    request: u64,
    peer: Option<SocketAddr>,
    ticket: Ticket,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Queued,
    InFlight,
    Over,
}

impl Visit {
    /// The request has a place: its delay begins.
    pub(crate) fn start(&mut self) {
        self.stage = Stage::InFlight;
        self.stats.open().start(self.ticket, self.event(EventKind::Started));
    }

    /// The page goes out.
    pub(crate) fn answer(mut self) {
        self.end(EventKind::Answered);
    }

    /// The planned 503 goes out.
    pub(crate) fn fail(mut self) {
        self.end(EventKind::Failed);
    }

    /// The 503 of a full server goes out.
    pub(crate) fn reject(mut self) {
        self.end(EventKind::Rejected);
    }

    fn event(&self, kind: EventKind) -> Event {
        Event { request: self.request, kind, peer: self.peer }
    }

    fn end(&mut self, kind: EventKind) {
        let stage = std::mem::replace(&mut self.stage, Stage::Over);
        let is_queued = stage == Stage::Queued;
        self.stats.open().end(self.ticket, is_queued, self.event(kind));
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        if self.stage != Stage::Over {
            self.end(EventKind::Aborted);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::said::Said;

    fn arrive(stats: &Arc<Stats>, request: u64) -> Visit {
        stats.arrive(&order(request), None, false)
    }

    fn order(request: u64) -> Order<'static> {
        Order { request, delay: Duration::ZERO, fails: false, said: Said::default() }
    }

    #[test]
    fn who_has_a_place_already_arrives_and_starts() {
        let stats = Stats::new(true);
        stats.arrive(&order(0), None, true).answer();
        let Counts { received, answered, peak_in_flight, .. } = stats.counts();
        assert_eq!([received, answered, peak_in_flight], [1; 3]);
        let kinds: Vec<_> = stats.journal().iter().map(|event| event.kind).collect();
        let in_order = [EventKind::Arrived, EventKind::Started, EventKind::Answered];
        assert_eq!(kinds, in_order);
    }

    #[test]
    fn a_visit_that_is_dropped_counts_as_aborted() {
        let stats = Stats::new(true);
        drop(arrive(&stats, 0));
        let mut started = arrive(&stats, 1);
        started.start();
        drop(started);

        let counts = stats.counts();
        assert_eq!((counts.aborted, counts.in_flight, counts.queued), (2, 0, 0));
        assert_eq!(stats.journal().last().unwrap().kind, EventKind::Aborted);
    }

    #[test]
    fn a_reset_keeps_what_is_under_way() {
        let stats = Stats::new(false);
        let mut visit = arrive(&stats, 0);
        visit.start();
        arrive(&stats, 1).reject();
        stats.reset();

        let expected =
            Counts { in_flight: 1, peak_in_flight: 1, ..Counts::default() };
        assert_eq!(stats.counts(), expected);
    }

    proptest! {
        /// Whatever the order in which requests come, start and end, the sums agree.
        #[test]
        fn every_request_is_in_exactly_one_count(steps: Vec<(u8, prop::sample::Index)>) {
            let stats = Stats::new(false);
            let mut under_way: Vec<Visit> = Vec::new();
            let mut most = 0;
            for (request, (step, which)) in (0..).zip(steps) {
                if step % 3 == 0 || under_way.is_empty() {
                    under_way.push(arrive(&stats, request));
                } else if step % 3 == 1 {
                    let which = which.index(under_way.len());
                    let visit = &mut under_way[which];
                    if visit.stage == Stage::Queued {
                        visit.start();
                    }
                } else {
                    let visit = under_way.swap_remove(which.index(under_way.len()));
                    match step % 4 {
                        0 => visit.answer(),
                        1 => visit.fail(),
                        2 => visit.reject(),
                        _ => drop(visit),
                    }
                }
                let c = stats.counts();
                most = most.max(c.in_flight);
                let ended = c.answered + c.failed + c.rejected + c.aborted;
                prop_assert_eq!(c.received, ended + c.in_flight + c.queued);
                prop_assert_eq!(c.in_flight + c.queued, under_way.len());
                prop_assert_eq!(c.peak_in_flight, most);
            }
        }
    }
}
