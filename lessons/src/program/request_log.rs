//! The requests of one run by rounds, from the server's journal.

use std::collections::HashSet;
use std::net::SocketAddr;

use slow_server::{Event, EventKind};

use crate::diagnosis::observation::{ObservedRequest, RequestOutcome};

/// The requests that have arrived so far.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    requests: Vec<Request>,
    peers: HashSet<SocketAddr>,
    // The request whose response is not released with the others.
    exempt: Option<u64>,
    // Rounds in which responses were released.
    rounds: usize,
}

/// A request, as far as it has come.
#[derive(Debug)]
struct Request {
    number: u64,
    arrived: usize,
    is_served: bool,
    // The round at whose end its response was released, or it was over without one.
    released: Option<usize>,
    outcome: Option<RequestOutcome>,
}

impl RequestLog {
    /// An empty log. The response to the request `exempt` is not released with the others.
    pub(crate) fn new(exempt: Option<usize>) -> Self {
        Self { exempt: exempt.map(|number| number as u64), ..Self::default() }
    }

    /// Takes an entry of the journal.
    pub(crate) fn record(&mut self, event: &Event) {
        let outcome = match event.kind {
            EventKind::Arrived => {
                self.peers.extend(event.peer);
                self.requests.push(Request {
                    number: event.request,
                    arrived: self.rounds,
                    is_served: false,
                    released: None,
                    outcome: None,
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
        let mut under_way = self.requests.iter_mut().filter(|r| r.outcome.is_none());
        if let Some(request) = under_way.find(|r| r.number == event.request) {
            request.is_served = true;
            request.outcome = outcome;
            if outcome.is_some() {
                request.released.get_or_insert(round);
            }
        }
    }

    /// Ends a round, in which all responses that are held are released; returns their number.
    pub(crate) fn release(&mut self) -> usize {
        self.rounds += 1;
        let (round, exempt) = (self.rounds, self.exempt);
        let held =
            self.requests.iter_mut().filter(|request| request.is_held(exempt));
        held.map(|request| request.released = Some(round)).count()
    }

    /// Ends a round, in which the exempt response is released.
    pub(crate) fn release_exempt(&mut self) {
        self.rounds += 1;
        let round = self.rounds;
        let exempt = self.exempt.take();
        for request in &mut self.requests {
            if Some(request.number) == exempt && request.outcome.is_none() {
                request.released = Some(round);
            }
        }
    }

    /// Requests that arrived.
    pub(crate) fn arrived(&self) -> usize {
        self.requests.len()
    }

    /// Requests in flight without the exempt one.
    pub(crate) fn held(&self) -> usize {
        self.count(|request| request.is_held(self.exempt))
    }

    /// Requests that are served and whose response is not released yet.
    pub(crate) fn in_flight(&self) -> usize {
        self.count(Request::is_in_flight)
    }

    /// Whether the exempt request is in flight.
    pub(crate) fn exempt_in_flight(&self) -> bool {
        self.in_flight() > self.held()
    }

    /// Requests that are over according to the server.
    pub(crate) fn ended(&self) -> usize {
        self.count(|request| request.outcome.is_some())
    }

    /// Requests whose response is released, though it may be on its way, or that get none.
    pub(crate) fn released(&self) -> usize {
        self.count(|request| request.released.is_some())
    }

    /// Requests that got the page.
    pub(crate) fn answered(&self) -> usize {
        self.count(|request| request.outcome == Some(RequestOutcome::Answered))
    }

    fn count(&self, test: impl Fn(&Request) -> bool) -> usize {
        self.requests.iter().filter(|request| test(request)).count()
    }

    /// Rounds in which responses were released.
    pub(crate) fn rounds(&self) -> usize {
        self.rounds
    }

    /// Connections that carried requests.
    pub(crate) fn connections(&self) -> usize {
        self.peers.len()
    }

    /// All requests, at the end of the run. What is not over then was aborted.
    pub(crate) fn finish(&self) -> Vec<ObservedRequest> {
        let observed = |request: &Request| ObservedRequest {
            arrived: request.arrived,
            // A request without a response was there for the round that was under way.
            ended: request.released.unwrap_or(self.rounds).max(request.arrived + 1),
            outcome: request.outcome.unwrap_or(RequestOutcome::Aborted),
        };
        self.requests.iter().map(observed).collect()
    }
}

impl Request {
    fn is_in_flight(&self) -> bool {
        self.is_served && self.released.is_none()
    }

    fn is_held(&self, exempt: Option<u64>) -> bool {
        self.is_in_flight() && Some(self.number) != exempt
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(log: &mut RequestLog, request: u64, kinds: &[EventKind]) {
        for &kind in kinds {
            let peer = Some(SocketAddr::from(([127, 0, 0, 1], 1000)));
            log.record(&Event { request, kind, peer });
        }
    }

    const SERVED: [EventKind; 2] = [EventKind::Arrived, EventKind::Started];

    #[test]
    fn what_arrives_after_an_answer_is_in_a_later_round() {
        let mut log = RequestLog::new(None);
        record(&mut log, 0, &SERVED);
        assert_eq!((log.held(), log.release()), (1, 1));
        // The next one may arrive before the journal tells that the answer went out.
        record(&mut log, 1, &SERVED);
        record(&mut log, 0, &[EventKind::Answered]);
        assert_eq!((log.in_flight(), log.released(), log.answered()), (1, 1, 1));
        log.release();
        record(&mut log, 1, &[EventKind::Answered]);

        let outcome = RequestOutcome::Answered;
        let first = ObservedRequest { arrived: 0, ended: 1, outcome };
        let second = ObservedRequest { arrived: 1, ended: 2, outcome };
        assert_eq!(log.finish(), [first, second]);
        assert_eq!(log.connections(), 1);
    }

    #[test]
    fn the_exempt_one_is_in_flight_and_not_released_with_the_others() {
        let mut log = RequestLog::new(Some(0));
        record(&mut log, 0, &SERVED);
        record(&mut log, 1, &SERVED);
        assert_eq!((log.in_flight(), log.held()), (2, 1));
        log.release();
        assert!(log.exempt_in_flight());
        log.release_exempt();
        assert!(!log.exempt_in_flight());
        assert_eq!((log.released(), log.rounds()), (2, 2));
    }

    #[test]
    fn one_in_the_queue_of_the_server_is_not_in_flight() {
        let mut log = RequestLog::new(None);
        record(&mut log, 0, &[EventKind::Arrived]);
        assert_eq!((log.arrived(), log.in_flight(), log.released()), (1, 0, 0));
        record(&mut log, 0, &[EventKind::Aborted]);
        // Drawn as long as a round all the same, or it would not be seen.
        let given_up = ObservedRequest {
            arrived: 0,
            ended: 1,
            outcome: RequestOutcome::Aborted,
        };
        assert_eq!(log.finish(), [given_up]);
    }
}
