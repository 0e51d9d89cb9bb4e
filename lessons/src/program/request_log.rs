//! The requests of one run by rounds, from the server's journal.

use std::collections::HashSet;
use std::net::SocketAddr;

use diagnosis::{ObservedRequest, RequestOutcome};
use slow_server::{Event, EventKind};

/// The requests that have arrived so far.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    requests: Vec<Request>,
    peers: HashSet<SocketAddr>,
    // The request whose response never comes.
    never: Option<u64>,
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
    ended: Option<usize>,
    // It was over before its response was released.
    is_abandoned: bool,
    outcome: Option<RequestOutcome>,
}

impl RequestLog {
    /// An empty log. The response to the request `never` is never released.
    pub(crate) fn new(never: Option<usize>) -> Self {
        Self { never: never.map(|number| number as u64), ..Self::default() }
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
                    ended: None,
                    is_abandoned: false,
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
                request.is_abandoned = outcome == Some(RequestOutcome::Aborted)
                    && request.ended.is_none();
                request.ended.get_or_insert(round);
            }
        }
    }

    /// Ends a round: what is released from now on is released at its end.
    pub(crate) fn end_round(&mut self) {
        self.rounds += 1;
    }

    /// Takes in that the response to this request is released.
    pub(crate) fn release(&mut self, number: u64) {
        let round = self.rounds;
        for request in &mut self.requests {
            if request.number == number && request.is_in_flight() {
                request.ended = Some(round);
            }
        }
    }

    /// Requests that arrived.
    pub(crate) fn arrived(&self) -> usize {
        self.requests.len()
    }

    /// The numbers of those that are served and whose response is neither released nor never
    /// to come, in order of arrival.
    pub(crate) fn held(&self) -> Vec<u64> {
        let in_flight =
            self.requests.iter().filter(|request| request.is_in_flight());
        let numbers = in_flight.map(|request| request.number);
        numbers.filter(|&number| Some(number) != self.never).collect()
    }

    /// Requests that are served and whose response is not released yet.
    pub(crate) fn in_flight(&self) -> usize {
        self.count(Request::is_in_flight)
    }

    /// Whether only the request is in flight whose response never comes.
    pub(crate) fn waits_for_ever(&self) -> bool {
        self.in_flight() > 0 && self.held().is_empty()
    }

    /// Requests that are over according to the server.
    pub(crate) fn ended(&self) -> usize {
        self.count(|request| request.outcome.is_some())
    }

    /// Requests whose response is released, though it may be on its way, or that get none.
    pub(crate) fn released(&self) -> usize {
        self.count(|request| request.ended.is_some())
    }

    /// Requests that got the page.
    pub(crate) fn answered(&self) -> usize {
        self.count(|request| request.outcome == Some(RequestOutcome::Answered))
    }

    /// Requests that were given up before their response was released, not counting the one
    /// that never comes.
    pub(crate) fn abandoned(&self) -> usize {
        self.count(|request| {
            let is_over = request.outcome.is_some() || request.ended.is_some();
            (request.is_abandoned || !is_over) && Some(request.number) != self.never
        })
    }

    /// Whether the one whose response never comes was given up.
    pub(crate) fn gave_up_silent(&self) -> bool {
        let aborted = Some(RequestOutcome::Aborted);
        self.count(|r| Some(r.number) == self.never && r.outcome == aborted) > 0
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
            ended: request.ended.unwrap_or(self.rounds).max(request.arrived + 1),
            outcome: request.outcome.unwrap_or(RequestOutcome::Aborted),
        };
        self.requests.iter().map(observed).collect()
    }
}

impl Request {
    fn is_in_flight(&self) -> bool {
        self.is_served && self.ended.is_none()
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
        assert_eq!(log.held(), [0]);
        log.end_round();
        log.release(0);
        // The next one may arrive before the journal tells that the answer went out.
        record(&mut log, 1, &SERVED);
        record(&mut log, 0, &[EventKind::Answered]);
        assert_eq!((log.in_flight(), log.released(), log.answered()), (1, 1, 1));
        log.end_round();
        log.release(1);
        record(&mut log, 1, &[EventKind::Answered]);

        let outcome = RequestOutcome::Answered;
        let first = ObservedRequest { arrived: 0, ended: 1, outcome };
        let second = ObservedRequest { arrived: 1, ended: 2, outcome };
        assert_eq!(log.finish(), [first, second]);
        assert_eq!((log.connections(), log.abandoned()), (1, 0));
    }

    #[test]
    fn the_one_that_never_comes_is_in_flight_and_not_held() {
        let mut log = RequestLog::new(Some(0));
        record(&mut log, 0, &SERVED);
        record(&mut log, 1, &SERVED);
        assert_eq!((log.in_flight(), log.held()), (2, vec![1]));
        assert!(!log.waits_for_ever());
        log.end_round();
        log.release(1);
        record(&mut log, 1, &[EventKind::Answered]);
        assert!(log.waits_for_ever());
        // To give that one up is no mistake.
        record(&mut log, 0, &[EventKind::Aborted]);
        assert_eq!((log.released(), log.abandoned()), (2, 0));
    }

    #[test]
    fn what_ends_before_its_response_is_released_is_abandoned() {
        let mut log = RequestLog::new(None);
        for request in 0..3 {
            record(&mut log, request, &SERVED);
        }
        log.end_round();
        log.release(0);
        // A response may be on its way when its client is gone.
        record(&mut log, 0, &[EventKind::Aborted]);
        assert_eq!(log.abandoned(), 2, "both are still in flight");
        record(&mut log, 1, &[EventKind::Aborted]);
        assert_eq!(log.abandoned(), 2);
        log.release(2);
        assert_eq!(log.abandoned(), 1);
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
