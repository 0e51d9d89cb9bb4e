//! A record of each of the newest requests, which show how a program waited that is not
//! one of this project's clients.
//!
//! A ring buffer: the newest record replaces the oldest. What happens to a request whose
//! record has been dropped changes nothing here.

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU64;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::stats::counts::EventKind;

/// The most records that are kept of requests for the page: 12 MB, and up to 30 where each has
/// another long name than the one before.
const MOST: usize = 100_000;

/// The most that are kept of other requests, of which a few are enough to see what is wrong.
const MOST_ELSEWHERE: usize = 1_000;

/// The most requests in one response: 5 MB of JSON. `compare` ends a program that sends three
/// times the 10,000 that it may be asked for, and sees that here.
const MOST_TOLD: usize = 32_000;

/// The response of `GET /api/requests`: an address's own requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRecords {
    /// Microseconds since the server began, as all times here.
    pub now_us: u64,
    /// Zero if these are all that arrived since the time asked for. Otherwise at most this many
    /// older ones are missing: those that are too many for one response, and the records of all
    /// addresses that made room for others since the server began.
    pub left_out: u64,
    /// Requests for the page, the newest of them, in the order of arrival.
    pub requests: Vec<RecordedRequest>,
    /// Requests for anything that the server does not have.
    pub elsewhere: Vec<Elsewhere>,
}

/// A request for the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedRequest {
    /// The name of its client; empty if it gave none.
    pub client: String,
    /// The other end of its connection; `None` without a socket.
    pub peer: Option<SocketAddr>,
    /// When it arrived.
    pub arrived_us: u64,
    /// When it got a permit and its delay began; `None` if it has had none.
    pub started_us: Option<u64>,
    /// When it was over; `None` as long as it waits.
    pub ended_us: Option<u64>,
    /// How it ended; `None` as long as it waits.
    pub outcome: Option<RequestOutcome>,
}

/// How a request for the page ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RequestOutcome {
    /// It got the page.
    Answered,
    /// It got its planned 503.
    Failed,
    /// It found the server full, or its address had its share.
    Rejected,
    /// Its client closed the connection.
    Aborted,
}

/// Requests for the same thing that the server does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// Method and path, such as `GET /foo`.
    pub asked: String,
    /// How often it was asked for.
    pub count: u64,
}

/// Which records are asked for: those of one address, and of these a part.
#[derive(Debug, Clone, Default)]
pub struct RecordFilter {
    /// Only requests from this address; all addresses of this machine count as one.
    pub from: Option<IpAddr>,
    /// Only from the client of this name.
    pub client: Option<String>,
    /// Only requests that arrived then or later, in microseconds since the server began.
    pub since_us: u64,
}

#[derive(Debug, Default)]
pub(super) struct Records {
    page: Ring<PageRecord, MOST>,
    elsewhere: Ring<ElsewhereRecord, MOST_ELSEWHERE>,
}

/// Which record is that of a request, counted from 1: a `None` takes no room.
pub(super) type RecordNumber = NonZeroU64;

#[derive(Debug, Clone)]
struct Origin {
    // Shared with the record before, which mostly is of the same client.
    client: Arc<str>,
    peer: Option<SocketAddr>,
    arrived_us: u64,
}

#[derive(Debug, Clone)]
struct PageRecord {
    origin: Origin,
    started_us: Option<u64>,
    end: Option<(u64, RequestOutcome)>,
}

#[derive(Debug, Clone)]
struct ElsewhereRecord {
    origin: Origin,
    asked: String,
}

impl Records {
    /// A request for the page arrived.
    pub(super) fn arrive(
        &mut self,
        client: &str,
        peer: Option<SocketAddr>,
        now_us: u64,
    ) -> RecordNumber {
        let last = self.page.newest().map(|record| &record.origin);
        let origin = Origin::new(client, peer, now_us, last);
        self.page.push(PageRecord { origin, started_us: None, end: None })
    }

    /// It got a permit.
    pub(super) fn start(&mut self, number: RecordNumber, now_us: u64) {
        if let Some(record) = self.page.get_mut(number) {
            record.started_us = Some(now_us);
        }
    }

    /// It is over, in the way that `kind` says.
    pub(super) fn end(
        &mut self,
        number: RecordNumber,
        kind: EventKind,
        now_us: u64,
    ) {
        let outcome = RequestOutcome::of(kind);
        if let Some(record) = self.page.get_mut(number) {
            record.end = outcome.map(|outcome| (now_us, outcome));
        }
    }

    /// A request for another path arrived.
    pub(super) fn miss(
        &mut self,
        client: &str,
        peer: Option<SocketAddr>,
        asked: String,
        now_us: u64,
    ) {
        let last = self.elsewhere.newest().map(|record| &record.origin);
        let origin = Origin::new(client, peer, now_us, last);
        self.elsewhere.push(ElsewhereRecord { origin, asked });
    }

    /// A copy of what is asked for. It is made under the lock that every arrival takes, so it is
    /// no more than a response holds, and becomes text elsewhere.
    pub(super) fn selected(&self, filter: &RecordFilter, now_us: u64) -> Selection {
        let (page, too_many) = self.page.select(filter, |record| &record.origin);
        let (elsewhere, _) = self.elsewhere.select(filter, |record| &record.origin);
        let gone = self.page.gone(filter, |record| &record.origin);
        Selection { now_us, left_out: gone + too_many, page, elsewhere }
    }
}

/// What [`RequestRecords`] are made of.
#[derive(Debug)]
pub(super) struct Selection {
    now_us: u64,
    left_out: u64,
    page: Vec<PageRecord>,
    elsewhere: Vec<ElsewhereRecord>,
}

impl From<Selection> for RequestRecords {
    fn from(selection: Selection) -> Self {
        let Selection { now_us, left_out, page, elsewhere } = selection;
        let mut asked = BTreeMap::<_, u64>::new();
        for record in elsewhere {
            *asked.entry(record.asked).or_default() += 1;
        }
        Self {
            now_us,
            left_out,
            requests: page.into_iter().map(RecordedRequest::from).collect(),
            elsewhere: asked
                .into_iter()
                .map(|(asked, count)| Elsewhere { asked, count })
                .collect(),
        }
    }
}

impl From<PageRecord> for RecordedRequest {
    fn from(PageRecord { origin, started_us, end }: PageRecord) -> Self {
        Self {
            client: origin.client.to_string(),
            peer: origin.peer,
            arrived_us: origin.arrived_us,
            started_us,
            ended_us: end.map(|(ended_us, _)| ended_us),
            outcome: end.map(|(_, outcome)| outcome),
        }
    }
}

impl RequestOutcome {
    /// `None` for what is no end.
    fn of(kind: EventKind) -> Option<Self> {
        match kind {
            EventKind::Answered => Some(Self::Answered),
            EventKind::Failed => Some(Self::Failed),
            EventKind::Rejected => Some(Self::Rejected),
            EventKind::Aborted => Some(Self::Aborted),
            EventKind::Arrived | EventKind::Started => None,
        }
    }
}

impl Origin {
    fn new(
        client: &str,
        peer: Option<SocketAddr>,
        arrived_us: u64,
        last: Option<&Self>,
    ) -> Self {
        let same = last.filter(|last| *last.client == *client);
        let client =
            same.map_or_else(|| client.into(), |last| Arc::clone(&last.client));
        Self { client, peer, arrived_us }
    }
}

impl RecordFilter {
    fn matches(&self, origin: &Origin) -> bool {
        origin.arrived_us >= self.since_us
            && is_same_machine(self.from, origin.peer.map(|peer| peer.ip()))
            && self.client.as_ref().is_none_or(|client| **client == *origin.client)
    }
}

fn is_same_machine(one: Option<IpAddr>, other: Option<IpAddr>) -> bool {
    // IPv4 as IPv6 writes it is still the same address.
    match (one.map(|ip| ip.to_canonical()), other.map(|ip| ip.to_canonical())) {
        (Some(one), Some(other)) => {
            one == other || (one.is_loopback() && other.is_loopback())
        }
        (one, other) => one == other,
    }
}

/// The newest of all records, up to a maximum.
#[derive(Debug)]
struct Ring<T, const MOST: usize> {
    records: VecDeque<T>,
    // How many left it.
    gone: u64,
}

impl<T, const MOST: usize> Default for Ring<T, MOST> {
    fn default() -> Self {
        Self { records: VecDeque::new(), gone: 0 }
    }
}

impl<T: Clone, const MOST: usize> Ring<T, MOST> {
    fn push(&mut self, record: T) -> RecordNumber {
        if self.records.len() == MOST {
            self.records.pop_front();
            self.gone += 1;
        }
        self.records.push_back(record);
        NonZeroU64::MIN.saturating_add(self.gone + self.records.len() as u64 - 1)
    }

    /// `None` once it has been dropped.
    fn get_mut(&mut self, number: RecordNumber) -> Option<&mut T> {
        let index = (number.get() - 1).checked_sub(self.gone)?;
        self.records.get_mut(usize::try_from(index).ok()?)
    }

    fn newest(&self) -> Option<&T> {
        self.records.back()
    }

    /// The newest that are asked for, oldest first, and how many more there are.
    fn select(
        &self,
        filter: &RecordFilter,
        origin: fn(&T) -> &Origin,
    ) -> (Vec<T>, u64) {
        let is_early = |record: &T| origin(record).arrived_us < filter.since_us;
        let first = self.records.partition_point(is_early);
        let mut matching = self
            .records
            .range(first..)
            .rev()
            .filter(|record| filter.matches(origin(record)));
        let mut newest: Vec<T> =
            matching.by_ref().take(MOST_TOLD).cloned().collect();
        newest.reverse();
        (newest, matching.count() as u64)
    }

    /// How many left it that may have been asked for.
    fn gone(&self, filter: &RecordFilter, origin: fn(&T) -> &Origin) -> u64 {
        let oldest =
            self.records.front().map_or(0, |oldest| origin(oldest).arrived_us);
        if oldest < filter.since_us { 0 } else { self.gone }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(records: &Records, since_us: u64) -> RequestRecords {
        let filter = RecordFilter { since_us, ..RecordFilter::default() };
        records.selected(&filter, u64::MAX).into()
    }

    #[test]
    fn the_oldest_record_leaves_first_and_its_end_changes_nothing() {
        let mut records = Records::default();
        let most = MOST as u64;
        let first = records.arrive("a", None, 1);
        let second = records.arrive("b", None, 2);
        for now_us in 3..=most {
            records.arrive("c", None, now_us);
        }
        assert_eq!(records.page.gone, 0, "it is just full");
        let last = records.arrive("d", None, most + 1);
        records.start(first, most + 2);
        records.end(first, EventKind::Answered, most + 2);
        records.end(second, EventKind::Aborted, most + 3);
        records.start(last, most + 4);

        let kept: Vec<_> = records
            .page
            .records
            .iter()
            .cloned()
            .map(RecordedRequest::from)
            .collect();
        assert_eq!((kept.len(), records.page.gone), (MOST, 1));
        let has_changed = |request: &&RecordedRequest| {
            request.started_us.is_some() || request.outcome.is_some()
        };
        let changed: Vec<_> = kept.iter().filter(has_changed).collect();
        assert_eq!(changed.len(), 2);
        assert_eq!(changed[0].client, "b");
        assert_eq!(changed[0].ended_us, Some(most + 3));
        assert_eq!(changed[0].outcome, Some(RequestOutcome::Aborted));
        assert_eq!(
            (&*changed[1].client, changed[1].started_us),
            ("d", Some(most + 4))
        );

        assert_eq!(all(&records, most + 2).requests, []);
    }

    #[test]
    fn a_response_has_the_newest_and_says_how_many_more_there_are() {
        let mut records = Records::default();
        let (most, told) = (MOST as u64, MOST_TOLD as u64);
        for now_us in 1..=most {
            records.arrive(if now_us == 7 { "rare" } else { "a" }, None, now_us);
        }
        let span = |since_us| {
            let RequestRecords { left_out, requests, .. } = all(&records, since_us);
            let last = requests.last().unwrap().arrived_us;
            (requests[0].arrived_us, last, requests.len(), left_out)
        };
        let first_told = most - told + 1;
        assert_eq!(span(0), (first_told, most, MOST_TOLD, most - told));
        assert_eq!(span(first_told - 1).3, 1);
        assert_eq!(span(first_told), (first_told, most, MOST_TOLD, 0));
        // Only of those that are asked for is a part left out.
        let client = Some("rare".to_owned());
        let filter = RecordFilter { client, ..RecordFilter::default() };
        let rare = RequestRecords::from(records.selected(&filter, most));
        assert_eq!((rare.requests.len(), rare.left_out), (1, 0));
        // One more, and the first is dropped: its address is unknown then.
        records.arrive("a", None, most + 1);
        assert_eq!(all(&records, 0).left_out, most - told + 1);
        assert_eq!(RequestRecords::from(records.selected(&filter, 0)).left_out, 1);
    }

    #[test]
    fn of_what_is_asked_for_elsewhere_the_newest_thousand_are_kept() {
        let mut records = Records::default();
        for now_us in 0..=MOST_ELSEWHERE as u64 {
            let asked = if now_us == 0 { "GET /old" } else { "GET /new" };
            records.miss("x", None, asked.to_owned(), now_us);
        }
        let kept = all(&records, 0);
        let new = Elsewhere { asked: "GET /new".to_owned(), count: 1_000 };
        assert_eq!((kept.elsewhere, kept.left_out), (vec![new], 0));
    }

    #[test]
    fn what_is_asked_for_elsewhere_is_counted_by_what_it_was() {
        let mut records = Records::default();
        for (now_us, asked) in ["GET /b", "GET /a", "GET /b"].iter().enumerate() {
            records.miss("x", None, (*asked).to_owned(), now_us as u64);
        }
        let count =
            |asked: &str, count| Elsewhere { asked: asked.to_owned(), count };
        assert_eq!(
            all(&records, 0).elsewhere,
            [count("GET /a", 1), count("GET /b", 2)]
        );
        assert_eq!(all(&records, 2).elsewhere, [count("GET /b", 1)]);
    }

    #[test]
    fn all_addresses_of_this_machine_are_one_and_no_others_are() {
        let same = |one: &str, other: &str| {
            is_same_machine(one.parse().ok(), other.parse().ok())
        };
        assert!(same("127.0.0.1", "::1") && same("127.0.0.1", "127.9.9.9"));
        assert!(same("::ffff:127.0.0.1", "::1"));
        assert!(same("::ffff:10.0.0.7", "10.0.0.7") && same("none", "none"));
        assert!(!same("10.0.0.7", "10.0.0.8") && !same("10.0.0.7", "127.0.0.1"));
        assert!(!same("none", "127.0.0.1"));
    }
}
