//! The counts of the server, and the events that they count.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// The counts at one moment.
///
/// `received = answered + failed + rejected + aborted + in_flight + queued`, unless a
/// reset came while requests were in flight.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Requests that hold a permit and wait for their response now.
    pub in_flight: usize,
    /// The most that were in flight.
    pub peak_in_flight: usize,
    /// Requests for the page that arrived.
    pub received: usize,
    /// Requests that got the page.
    pub answered: usize,
    /// Requests that got the 503 that the fail rate planned for them.
    pub failed: usize,
    /// Requests that were rejected with a 503: the server was full, or their address had its share.
    pub rejected: usize,
    /// Requests whose client closed the connection before the response.
    pub aborted: usize,
    /// Requests that wait for a permit now.
    pub queued: usize,
    /// Microseconds by which the delays were longer than planned, in all; `None` where none
    /// was timed. The timer rounds up to whole milliseconds, and a busy server wakes late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_us: Option<u64>,
    /// Microseconds from the first arrival to the last end of a request since the last reset;
    /// `None` if none ended, or only requests that arrived before the reset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span_us: Option<u64>,
}

impl Counts {
    /// One more request, which is queued until it gets a permit.
    pub(super) fn arrive(&mut self) {
        self.received += 1;
        self.queued += 1;
    }

    /// One of those queued got a permit.
    pub(super) fn start(&mut self) {
        self.queued -= 1;
        self.in_flight += 1;
        self.peak_in_flight = self.peak_in_flight.max(self.in_flight);
    }

    /// The delay of one was this many microseconds longer than planned.
    pub(super) fn add_late(&mut self, late_us: u32) {
        let late = u64::from(late_us);
        self.late_us = Some(self.late_us.unwrap_or(0).saturating_add(late));
    }

    /// One is over, in the way that `kind` says; `is_queued` if it never got a permit.
    pub(super) fn end(&mut self, is_queued: bool, kind: EventKind) {
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
    /// The peer address of its connection; `None` without a socket.
    pub peer: Option<SocketAddr>,
}

/// What happens to a request, in this order: it arrives, it starts to wait for its
/// response, it ends in one of four ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// It arrived.
    Arrived,
    /// It got a permit, and its delay began.
    Started,
    /// It got the page.
    Answered,
    /// It got its planned 503.
    Failed,
    /// It found the server full, or its address had its share.
    Rejected,
    /// Its client closed the connection.
    Aborted,
}
