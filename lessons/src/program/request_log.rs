//! The requests of one run as the server's journal tells them, by rounds.

use std::collections::HashSet;
use std::net::SocketAddr;

use slow_server::{Event, EventKind};

use crate::diagnosis::observation::{ObservedRequest, RequestOutcome};

/// All requests that arrived so far.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    requests: Vec<Request>,
    peers: HashSet<SocketAddr>,
    // The number of the request whose answer is not given with the others.
    apart: Option<u64>,
    // Rounds in which answers were given.
    rounds: usize,
}

/// A request, as far as it has come.
#[derive(Debug)]
struct Request {
    number: u64,
    arrived: usize,
    is_served: bool,
    // The round at whose end its answer was given, or it was over without.
    released: Option<usize>,
    fate: Option<RequestOutcome>,
}

impl RequestLog {
    /// None so far. The answer to the request `apart` is not given with the others.
    pub(crate) fn new(apart: Option<usize>) -> Self {
        Self { apart: apart.map(|number| number as u64), ..Self::default() }
    }

    /// Takes up an entry of the journal.
    pub(crate) fn take(&mut self, event: &Event) {
        let fate = match event.kind {
            EventKind::Arrived => {
                self.peers.extend(event.peer);
                self.requests.push(Request {
                    number: event.request,
                    arrived: self.rounds,
                    is_served: false,
                    released: None,
                    fate: None,
                });
                return;
            }
            EventKind::Started => None,
            EventKind::Answered => Some(RequestOutcome::Answered),
            EventKind::Failed => Some(RequestOutcome::Failed),
            EventKind::Rejected => Some(RequestOutcome::Rejected),
            EventKind::Aborted => Some(RequestOutcome::Aborted),
        };
        let round = self.rounds;
        let mut under_way = self.requests.iter_mut().filter(|r| r.fate.is_none());
        if let Some(request) = under_way.find(|r| r.number == event.request) {
            request.is_served = true;
            request.fate = fate;
            if fate.is_some() {
                request.released.get_or_insert(round);
            }
        }
    }

    /// Notes that the answers of all that are held are given now, which ends a round; tells
    /// how many they are.
    pub(crate) fn release(&mut self) -> usize {
        self.rounds += 1;
        let (round, apart) = (self.rounds, self.apart);
        let held = self.requests.iter_mut().filter(|request| request.is_held(apart));
        held.map(|request| request.released = Some(round)).count()
    }

    /// Notes that the answer that is apart is given now, which ends a round too.
    pub(crate) fn release_apart(&mut self) {
        self.rounds += 1;
        let round = self.rounds;
        let apart = self.apart.take();
        for request in &mut self.requests {
            if Some(request.number) == apart && request.fate.is_none() {
                request.released = Some(round);
            }
        }
    }

    /// How many arrived.
    pub(crate) fn arrived(&self) -> usize {
        self.requests.len()
    }

    /// How many wait for an answer that is given with the others.
    pub(crate) fn held(&self) -> usize {
        self.requests.iter().filter(|request| request.is_held(self.apart)).count()
    }

    /// How many wait for an answer, the one that is apart among them.
    pub(crate) fn in_flight(&self) -> usize {
        self.requests.iter().filter(|request| request.is_in_flight()).count()
    }

    /// Whether the request that is apart waits.
    pub(crate) fn apart_waits(&self) -> bool {
        let mut in_flight = self.requests.iter().filter(|r| r.is_in_flight());
        in_flight.any(|request| Some(request.number) == self.apart)
    }

    /// How many are over, as the server tells.
    pub(crate) fn ended(&self) -> usize {
        self.requests.iter().filter(|request| request.fate.is_some()).count()
    }

    /// How many have their answer, or will have none: it may be on its way.
    pub(crate) fn over(&self) -> usize {
        self.requests.iter().filter(|request| request.released.is_some()).count()
    }

    /// How many got the page.
    pub(crate) fn answered(&self) -> usize {
        let fates = self.requests.iter().map(|request| request.fate);
        fates.filter(|fate| *fate == Some(RequestOutcome::Answered)).count()
    }

    /// Rounds in which answers were given.
    pub(crate) fn rounds(&self) -> usize {
        self.rounds
    }

    /// Connections that carried requests.
    pub(crate) fn connections(&self) -> usize {
        self.peers.len()
    }

    /// All of them, at the end of the run. Whatever is not over was left behind.
    pub(crate) fn list(&self) -> Vec<ObservedRequest> {
        let visit = |request: &Request| ObservedRequest {
            arrived: request.arrived,
            // A request that had no answer was there for the round that was under way.
            ended: request.released.unwrap_or(self.rounds).max(request.arrived + 1),
            fate: request.fate.unwrap_or(RequestOutcome::Aborted),
        };
        self.requests.iter().map(visit).collect()
    }
}

impl Request {
    fn is_in_flight(&self) -> bool {
        self.is_served && self.released.is_none()
    }

    fn is_held(&self, apart: Option<u64>) -> bool {
        self.is_in_flight() && Some(self.number) != apart
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(visits: &mut RequestLog, request: u64, kinds: &[EventKind]) {
        for &kind in kinds {
            let peer = Some(SocketAddr::from(([127, 0, 0, 1], 1000)));
            visits.take(&Event { request, kind, peer });
        }
    }

    const SERVED: [EventKind; 2] = [EventKind::Arrived, EventKind::Started];

    #[test]
    fn what_arrives_after_an_answer_is_in_a_later_round() {
        let mut visits = RequestLog::new(None);
        take(&mut visits, 0, &SERVED);
        assert_eq!((visits.held(), visits.release()), (1, 1));
        // The next one may arrive before the journal tells that the answer went out.
        take(&mut visits, 1, &SERVED);
        take(&mut visits, 0, &[EventKind::Answered]);
        assert_eq!(
            (visits.in_flight(), visits.over(), visits.answered()),
            (1, 1, 1)
        );
        visits.release();
        take(&mut visits, 1, &[EventKind::Answered]);

        let fate = RequestOutcome::Answered;
        let first = ObservedRequest { arrived: 0, ended: 1, fate };
        let second = ObservedRequest { arrived: 1, ended: 2, fate };
        assert_eq!(visits.list(), [first, second]);
        assert_eq!(visits.connections(), 1);
    }

    #[test]
    fn the_one_apart_is_in_flight_and_not_released_with_the_others() {
        let mut visits = RequestLog::new(Some(0));
        take(&mut visits, 0, &SERVED);
        take(&mut visits, 1, &SERVED);
        assert_eq!((visits.in_flight(), visits.held()), (2, 1));
        visits.release();
        assert!(visits.apart_waits());
        visits.release_apart();
        assert!(!visits.apart_waits());
        assert_eq!((visits.over(), visits.rounds()), (2, 2));
    }

    #[test]
    fn one_in_the_line_of_the_server_is_not_in_flight() {
        let mut visits = RequestLog::new(None);
        take(&mut visits, 0, &[EventKind::Arrived]);
        assert_eq!((visits.arrived(), visits.in_flight(), visits.over()), (1, 0, 0));
        take(&mut visits, 0, &[EventKind::Aborted]);
        // Drawn as long as a round all the same, or it would not be seen.
        let given_up =
            ObservedRequest { arrived: 0, ended: 1, fate: RequestOutcome::Aborted };
        assert_eq!(visits.list(), [given_up]);
    }
}
