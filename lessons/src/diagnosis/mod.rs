//! Names what is wrong with a program, from the facts of a run alone.

pub mod mistake;
pub(crate) mod observation;
pub(crate) mod output;

use std::num::NonZeroUsize;

use mistake::Mistake;
use observation::{Observation, RequestOutcome, Termination};

/// What a panic says when a runtime is started or dropped inside another one.
const RUNTIME_IN_A_RUNTIME: [&str; 2] = [
    "Cannot drop a runtime in a context where blocking is not allowed",
    "Cannot start a runtime from within a runtime",
];

/// What is expected of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// Requests that it is told to send.
    pub requests: NonZeroUsize,
    /// Requests in flight at once, no more and no fewer.
    pub at_once: NonZeroUsize,
    /// Rounds of responses, one after another.
    pub waits: usize,
    /// Whether all rounds are the program's own: a response that comes last or never takes a
    /// round, too.
    pub has_own_rounds: bool,
    /// Connections that carry requests, at most.
    pub connections: Option<NonZeroUsize>,
    /// Results shown, at least.
    pub shown: usize,
}

/// What is wrong, in the order of [`Mistake`]; nothing if all is as expected.
pub(crate) fn mistakes(expected: Expected, seen: &Observation) -> Vec<Mistake> {
    let case = Case { expected, seen };
    let questions = [
        case.termination(),
        case.number(),
        case.concurrency(),
        case.results(),
        case.connections(),
        (seen.orphans > 0).then_some(Mistake::LeftRunning),
    ];
    let mut mistakes: Vec<_> = questions.into_iter().flatten().collect();
    if mistakes.is_empty() && case.lacks_results() {
        mistakes.push(Mistake::ResultsLost);
    }
    mistakes.sort_unstable();
    mistakes
}

struct Case<'a> {
    expected: Expected,
    seen: &'a Observation,
}

/// Each question has one answer at most.
impl Case<'_> {
    /// How the program ended, if not well.
    fn termination(&self) -> Option<Mistake> {
        use Termination::{Failure, Flooding, Stuck, Success, WaitingForEver};

        let printed =
            |text: &str| self.seen.output.stderr.iter().any(|l| l.contains(text));
        if RUNTIME_IN_A_RUNTIME.into_iter().any(printed) {
            return Some(Mistake::BlockingClientInARuntime);
        }
        let succeeded = self.seen.termination == Success;
        // A task may panic, and the program show all that is expected in spite of it.
        if printed("panicked at") && (!succeeded || self.lacks_results()) {
            return Some(Mistake::Panicked);
        }
        let nothing_arrived = self.seen.requests.is_empty();
        match self.seen.termination {
            Success if nothing_arrived && self.seen.output.shown == 0 => {
                Some(Mistake::NothingSent)
            }
            Success | Failure(_) if nothing_arrived => Some(Mistake::AnotherAddress),
            Success | Flooding => None,
            Failure(_) if self.failed_with_one() => Some(Mistake::OneFailureEndsAll),
            Failure(_) => Some(Mistake::Failed),
            WaitingForEver => Some(Mistake::WaitsForEver),
            Stuck => Some(Mistake::DoesNotEnd),
        }
    }

    fn lacks_results(&self) -> bool {
        self.seen.output.shown < self.expected.shown
    }

    /// Whether a failure that was planned took other results with it.
    fn failed_with_one(&self) -> bool {
        self.seen.count(RequestOutcome::Failed) > 0 && self.lacks_results()
    }

    /// How many requests there were.
    fn number(&self) -> Option<Mistake> {
        let (asked, arrived) =
            (self.expected.requests.get(), self.seen.requests.len());
        if arrived > asked && self.seen.count(RequestOutcome::Rejected) == 0 {
            return Some(Mistake::TooManyRequests);
        }
        let too_few = (1..asked).contains(&arrived)
            && self.seen.termination == Termination::Success;
        too_few.then_some(Mistake::TooFewRequests)
    }

    /// How many requests were in flight at once, and why not more.
    fn concurrency(&self) -> Option<Mistake> {
        let seen = self.seen;
        let (peak, at_once) = (seen.peak, self.expected.at_once.get());
        let arrived = seen.requests.len();
        if seen.count(RequestOutcome::Rejected) > 0 {
            return Some(Mistake::TurnedAway);
        }
        if peak > at_once {
            return Some(Mistake::TooManyAtOnce);
        }
        // One request alone, in a program that failed with it, has no order.
        if arrived < 2 {
            return None;
        }
        let has_more_rounds =
            |needed| self.expected.has_own_rounds && seen.rounds > needed;
        if peak == at_once && !seen.stalled {
            return has_more_rounds(self.expected.waits).then_some(Mistake::Chunks);
        }
        // The first of these that holds explains why there were so few.
        let why = if seen.queued > 0 {
            Mistake::ServerBottleneck
        } else if seen.stalled && peak == 1 {
            Mistake::BlockedThread
        } else if seen.stalled {
            Mistake::BlockedWorkers
        } else if seen.announced > peak {
            Mistake::LockAcrossAwait
        } else if peak == 1 {
            Mistake::OneByOne
        } else if has_more_rounds(arrived.div_ceil(peak.max(1))) {
            Mistake::Chunks
        } else {
            Mistake::TooFewAtOnce
        };
        Some(why)
    }

    /// Which results were lost or held back.
    fn results(&self) -> Option<Mistake> {
        let shown = self.seen.output.shown;
        if let Some(before) = self.seen.before_last
            && before.shown < before.answered
            && self.seen.peak == self.expected.at_once.get()
        {
            return Some(Mistake::HeldBack);
        }
        let answered = self.seen.count(RequestOutcome::Answered);
        let lost = self.seen.termination == Termination::Success
            && shown < answered.min(self.expected.shown);
        // With some of the results shown, it was not the failure that lost the others.
        let by_failure = shown == 0 && self.failed_with_one();
        lost.then_some(if by_failure {
            Mistake::OneFailureEndsAll
        } else {
            Mistake::ResultsLost
        })
    }

    fn connections(&self) -> Option<Mistake> {
        // As many as were in flight at once are needed. A client may open one in advance for
        // each, when the one that it wants back is a moment late.
        let most = self.expected.connections?.get().max(2 * self.seen.peak);
        (self.seen.connections > most).then_some(Mistake::AConnectionEach)
    }
}

#[cfg(test)]
mod tests {
    use super::observation::{BeforeLast, ObservedRequest};
    use super::*;

    fn expected(requests: usize, at_once: usize) -> Expected {
        Expected {
            requests: NonZeroUsize::new(requests).unwrap(),
            at_once: NonZeroUsize::new(at_once).unwrap(),
            waits: requests.div_ceil(at_once),
            has_own_rounds: true,
            connections: None,
            shown: requests,
        }
    }

    fn request(outcome: RequestOutcome) -> ObservedRequest {
        ObservedRequest { arrived: 0, ended: 1, outcome }
    }

    /// A run in which all is as expected.
    fn right(expected: Expected) -> Observation {
        let answered = request(RequestOutcome::Answered);
        let mut seen = Observation {
            requests: vec![answered; expected.requests.get()],
            rounds: expected.waits,
            peak: expected.at_once.get(),
            ..Observation::default()
        };
        seen.output.shown = expected.shown;
        seen
    }

    #[test]
    fn a_client_may_open_two_connections_for_each_request_in_flight() {
        let one = Some(NonZeroUsize::MIN);
        let expected = Expected { connections: one, ..expected(24, 4) };
        let eight = Observation { connections: 8, ..right(expected) };
        assert_eq!(mistakes(expected, &eight), []);
        let more = Observation { connections: 9, ..eight };
        assert_eq!(mistakes(expected, &more), [Mistake::AConnectionEach]);
    }

    #[test]
    fn answers_that_were_given_up_too_soon_are_lost_results() {
        let expected = expected(10, 10);
        let mut seen = right(expected);
        seen.requests[5..].fill(request(RequestOutcome::Aborted));
        seen.output.shown = 5;
        assert_eq!(mistakes(expected, &seen), [Mistake::ResultsLost]);
    }

    #[test]
    fn what_a_full_server_makes_a_client_send_again_is_no_mistake_of_its_own() {
        let expected = expected(40, 8);
        let mut seen = right(expected);
        seen.requests.push(request(RequestOutcome::Rejected));
        assert_eq!(mistakes(expected, &seen), [Mistake::TurnedAway]);
        seen.requests.push(request(RequestOutcome::Answered));
        assert_eq!(mistakes(expected, &seen), [Mistake::TurnedAway]);
    }

    #[test]
    fn who_sends_too_few_at_once_holds_no_result_back() {
        let expected = Expected { has_own_rounds: false, ..expected(10, 10) };
        let before_last = Some(BeforeLast { shown: 0, answered: 4 });
        let few = Observation { peak: 5, before_last, ..right(expected) };
        assert_eq!(mistakes(expected, &few), [Mistake::TooFewAtOnce]);
        let all = Observation { before_last, ..right(expected) };
        assert_eq!(mistakes(expected, &all), [Mistake::HeldBack]);
    }

    #[test]
    fn chunks_are_named_whatever_their_size() {
        let expected = expected(100, 8);
        // A hundred requests, seven at a time, need fifteen rounds.
        let steady = Observation { peak: 7, rounds: 15, ..right(expected) };
        assert_eq!(mistakes(expected, &steady), [Mistake::TooFewAtOnce]);
        let uneven = Observation { rounds: 16, ..steady };
        assert_eq!(mistakes(expected, &uneven), [Mistake::Chunks]);
    }
}
