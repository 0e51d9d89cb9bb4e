//! Names what is wrong, from the facts of a run alone.

pub mod mistake;
pub(crate) mod observation;

use crate::diagnosis::mistake::Mistake;
use crate::diagnosis::observation::{Observation, RequestOutcome, Termination};
use crate::pack::Exercise;

/// What a panic says when a runtime is started or dropped inside another one.
const RUNTIME_IN_A_RUNTIME: [&str; 2] = [
    "Cannot drop a runtime in a context where blocking is not allowed",
    "Cannot start a runtime from within a runtime",
];

/// What is wrong, the one that explains the others first; nothing if all is as wanted.
pub(crate) fn mistakes(exercise: &Exercise, seen: &Observation) -> Vec<Mistake> {
    let case = Case { exercise, seen };
    let questions = [
        case.end(),
        case.number(),
        case.concurrency(),
        case.results(),
        case.connections(),
        case.leftovers(),
    ];
    let mut mistakes: Vec<_> = questions.into_iter().flatten().collect();
    if mistakes.is_empty() && seen.words.shown < exercise.wanted.shown {
        mistakes.push(Mistake::ResultsLost);
    }
    mistakes.sort_unstable();
    mistakes
}

struct Case<'a> {
    exercise: &'a Exercise,
    seen: &'a Observation,
}

/// Each question has one answer at most.
impl Case<'_> {
    /// How it ended, if not well.
    fn end(&self) -> Option<Mistake> {
        let complaints = || self.seen.words.complaints.iter();
        if complaints()
            .any(|line| RUNTIME_IN_A_RUNTIME.iter().any(|p| line.contains(p)))
        {
            return Some(Mistake::BlockingClientInARuntime);
        }
        // A task may panic, and the program show all that is wanted in spite of it.
        let did_well = self.seen.ending == Termination::Well
            && self.seen.words.shown >= self.exercise.wanted.shown;
        if !did_well && complaints().any(|line| line.contains("panicked at")) {
            return Some(Mistake::Panicked);
        }
        let arrived = self.seen.visits.len();
        match self.seen.ending {
            Termination::Well if arrived == 0 && self.seen.words.shown == 0 => {
                Some(Mistake::NothingSent)
            }
            Termination::Well | Termination::WithAnError(_) if arrived == 0 => {
                Some(Mistake::AnotherAddress)
            }
            Termination::Well | Termination::Flooding => None,
            Termination::WithAnError(_) if self.failed_with_one() => {
                Some(Mistake::OneFailureEndsAll)
            }
            Termination::WithAnError(_) => Some(Mistake::Failed),
            // It would not wait for that answer with another one: see below.
            Termination::WaitingForEver => Some(Mistake::WaitsForEver),
            Termination::Stuck => Some(Mistake::DoesNotEnd),
        }
    }

    /// Whether a failure that was planned took other results with it.
    fn failed_with_one(&self) -> bool {
        self.seen.count(RequestOutcome::Failed) > 0
            && self.seen.words.shown < self.exercise.wanted.shown
    }

    /// How many requests there were.
    fn number(&self) -> Option<Mistake> {
        let (asked, arrived) =
            (self.exercise.server.requests.get(), self.seen.visits.len());
        if arrived > asked && self.seen.count(RequestOutcome::Rejected) == 0 {
            Some(Mistake::TooManyRequests)
        } else if (1..asked).contains(&arrived)
            && self.seen.ending == Termination::Well
        {
            Some(Mistake::TooFewRequests)
        } else {
            None
        }
    }

    /// How many were under way at once, and why not more.
    fn concurrency(&self) -> Option<Mistake> {
        let seen = self.seen;
        let wanted = &self.exercise.wanted;
        let (peak, at_once) = (seen.peak, wanted.at_once.get());
        let arrived = seen.visits.len();
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
        if peak == at_once && !seen.stalled {
            let needless = seen.rounds > wanted.waits && self.took_its_time();
            return needless.then_some(Mistake::Chunks);
        }
        // The first of these that holds explains why there were so few.
        let why = if seen.in_line > 0 {
            Mistake::ServerBottleneck
        } else if seen.stalled && peak == 1 {
            Mistake::BlockedThread
        } else if seen.stalled {
            Mistake::BlockedWorkers
        } else if seen.begun > peak {
            Mistake::LockAcrossAwait
        } else if peak == 1 {
            Mistake::OneByOne
        } else if seen.rounds > arrived.div_ceil(peak) && self.took_its_time() {
            Mistake::Chunks
        } else {
            Mistake::TooFewAtOnce
        };
        Some(why)
    }

    /// Whether its rounds are its own: an answer that is kept apart makes some too.
    fn took_its_time(&self) -> bool {
        let server = &self.exercise.server;
        server.last.is_none() && server.never.is_none()
    }

    /// What became of the results.
    fn results(&self) -> Option<Mistake> {
        let shown = self.seen.words.shown;
        if let Some(before) = self.seen.before_last
            && before.shown < before.answered
            && self.seen.peak == self.exercise.wanted.at_once.get()
        {
            return Some(Mistake::HeldBack);
        }
        let lost = self.seen.ending == Termination::Well
            && shown
                < self
                    .seen
                    .count(RequestOutcome::Answered)
                    .min(self.exercise.wanted.shown);
        // With some of the results shown, it was not the failure that lost the others.
        match (lost, self.failed_with_one() && shown == 0) {
            (true, true) => Some(Mistake::OneFailureEndsAll),
            (true, false) => Some(Mistake::ResultsLost),
            (false, _) => None,
        }
    }

    fn connections(&self) -> Option<Mistake> {
        // As many as were in flight at once are needed. A client may open one in advance for
        // each, when the one that it wants back is a moment late.
        let most = self.exercise.wanted.connections?.get().max(2 * self.seen.peak);
        (self.seen.connections > most).then_some(Mistake::AConnectionEach)
    }

    fn leftovers(&self) -> Option<Mistake> {
        (self.seen.left_running > 0).then_some(Mistake::LeftRunning)
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::path::Path;

    use super::*;
    use crate::diagnosis::observation::{BeforeLast, ObservedRequest};
    use crate::pack::Pack;

    fn exercise(number: usize) -> Exercise {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/packs/waiting");
        let pack = Pack::read(Path::new(folder)).unwrap();
        pack.exercise(number).unwrap().clone()
    }

    /// A run in which all is as wanted.
    fn right(exercise: &Exercise) -> Observation {
        let visit =
            ObservedRequest { arrived: 0, ended: 1, fate: RequestOutcome::Answered };
        let mut seen = Observation {
            visits: vec![visit; exercise.server.requests.get()],
            rounds: exercise.wanted.waits,
            peak: exercise.wanted.at_once.get(),
            ..Observation::default()
        };
        seen.words.shown = exercise.wanted.shown;
        seen
    }

    #[test]
    fn a_client_may_open_two_connections_for_each_request_in_flight() {
        let mut exercise = exercise(15);
        exercise.wanted.connections = Some(NonZeroUsize::MIN);
        let four = Observation { connections: 8, ..right(&exercise) };
        assert_eq!(four.peak, 4);
        assert_eq!(mistakes(&exercise, &four), []);
        let more = Observation { connections: 9, ..four };
        assert_eq!(mistakes(&exercise, &more), [Mistake::AConnectionEach]);
    }

    #[test]
    fn answers_that_were_given_up_too_soon_are_lost_results() {
        let exercise = exercise(4);
        let mut seen = right(&exercise);
        for visit in &mut seen.visits[5..] {
            visit.fate = RequestOutcome::Aborted;
        }
        seen.words.shown = 5;
        assert_eq!(mistakes(&exercise, &seen), [Mistake::ResultsLost]);
    }

    #[test]
    fn what_a_full_server_makes_a_client_send_again_is_no_mistake_of_its_own() {
        let exercise = exercise(10);
        let mut seen = right(&exercise);
        seen.visits.push(ObservedRequest {
            arrived: 0,
            ended: 1,
            fate: RequestOutcome::Rejected,
        });
        assert_eq!(mistakes(&exercise, &seen), [Mistake::TurnedAway]);
        seen.visits.push(ObservedRequest {
            arrived: 1,
            ended: 2,
            fate: RequestOutcome::Answered,
        });
        assert_eq!(mistakes(&exercise, &seen), [Mistake::TurnedAway]);
    }

    #[test]
    fn who_sends_too_few_at_once_holds_no_result_back() {
        let exercise = exercise(14);
        let before_last = Some(BeforeLast { shown: 0, answered: 4 });
        let few = Observation { peak: 5, before_last, ..right(&exercise) };
        assert_eq!(mistakes(&exercise, &few), [Mistake::TooFewAtOnce]);
        let all = Observation { before_last, ..right(&exercise) };
        assert_eq!(mistakes(&exercise, &all), [Mistake::HeldBack]);
    }

    #[test]
    fn chunks_are_named_whatever_their_size() {
        let exercise = exercise(7);
        // A hundred requests, seven at a time, need fifteen rounds.
        let steady = Observation { peak: 7, rounds: 15, ..right(&exercise) };
        assert_eq!(mistakes(&exercise, &steady), [Mistake::TooFewAtOnce]);
        let uneven = Observation { rounds: 16, ..steady };
        assert_eq!(mistakes(&exercise, &uneven), [Mistake::Chunks]);
    }
}
