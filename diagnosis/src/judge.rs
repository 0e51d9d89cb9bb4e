//! Names what is wrong with a program, from the facts of a run alone.

use std::num::NonZeroUsize;

use crate::mistake::{Mistake, Remark};
use crate::observation::{
    Observation, Panic, Printed, RequestOutcome, Spinner, Termination,
};

/// What is expected of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// The requests that it is to send.
    pub requests: NonZeroUsize,
    /// Requests in flight, no more and no fewer.
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
    /// Whether another task is to run beside the requests.
    pub spinner: bool,
}

/// What is wrong, in the order of [`Mistake`]; nothing if all is as expected.
#[must_use]
pub fn mistakes(expected: Expected, seen: &Observation) -> Vec<Mistake> {
    let case = Case { expected, seen };
    let orphans = (seen.orphans > 0).then_some(Mistake::LeftRunning);
    // Everything else that is missing follows from this.
    if case.left_too_early() {
        return [Some(Mistake::LeftTooEarly), orphans]
            .into_iter()
            .flatten()
            .collect();
    }
    let questions = [
        case.termination(),
        case.number(),
        case.spinner(),
        case.concurrency(),
        case.results(),
        case.failure(),
        case.connections(),
        orphans,
    ];
    let mut mistakes: Vec<_> = questions.into_iter().flatten().collect();
    if mistakes.is_empty() && case.lacks_results() {
        mistakes.push(Mistake::ResultsLost);
    }
    mistakes.sort_unstable();
    mistakes
}

/// What is worth a word if nothing is wrong.
#[must_use]
pub fn remark(expected: Expected, seen: &Observation) -> Option<Remark> {
    let case = Case { expected, seen };
    if case.sent_again() > 0 {
        Some(Remark::SentAgain)
    } else if seen.peak == expected.requests.get()
        && seen.source.is_some_and(|source| source.blocks)
    {
        Some(Remark::AThreadEach)
    } else {
        None
    }
}

struct Case<'a> {
    expected: Expected,
    seen: &'a Observation,
}

/// Each question has at most one mistake.
impl Case<'_> {
    /// Whether it ended well, and did not wait for what it had begun.
    fn left_too_early(&self) -> bool {
        let Observation { termination, abandoned, ref requests, .. } = *self.seen;
        if termination != Termination::Success
            || self.panicked(Panic::RuntimeInRuntime)
            || self.gave_up_after_failure()
            // It gave some up to send them again, or because the server was full.
            || self.sent_too_many()
            || self.seen.count(RequestOutcome::Rejected) > 0
        {
            return false;
        }
        let began_some = self
            .seen
            .source
            .is_some_and(|source| source.starts_work() && !source.waits);
        let is_missing_some = requests.len() < self.expected.requests.get();
        // That it could not connect is no sign: its end may have cut the connections off.
        let went_elsewhere = requests.is_empty() && self.has_results();
        abandoned > 0 || (is_missing_some && began_some && !went_elsewhere)
    }

    /// How the program ended, if not well.
    fn termination(&self) -> Option<Mistake> {
        use Termination::{Failure, Flooding, Stuck, Success, WaitingForEver};

        if self.panicked(Panic::RuntimeInRuntime) {
            return Some(Mistake::BlockingClientInARuntime);
        }
        let succeeded = self.seen.termination == Success;
        // A task may panic, and the program show all that is expected in spite of it.
        if self.panicked(Panic::Other) && (!succeeded || self.lacks_results()) {
            return Some(Mistake::Panicked);
        }
        let nothing_arrived = self.seen.requests.is_empty();
        match self.seen.termination {
            Success | Failure(_) if nothing_arrived && self.went_elsewhere() => {
                Some(Mistake::AnotherAddress)
            }
            Success if nothing_arrived => Some(Mistake::NothingSent),
            Success | Flooding => None,
            Failure(_) if self.failed_with_one() => Some(Mistake::OneFailureEndsAll),
            Failure(_) => Some(Mistake::Failed),
            WaitingForEver => Some(Mistake::WaitsForEver),
            Stuck => Some(Mistake::DoesNotEnd),
        }
    }

    /// Whether it got results from another server, or asked where there is none.
    fn went_elsewhere(&self) -> bool {
        self.has_results()
            || self.printed().is_some_and(|printed| printed.could_not_connect)
    }

    fn panicked(&self, what: Panic) -> bool {
        self.printed().is_some_and(|printed| printed.panic == Some(what))
    }

    fn printed(&self) -> Option<Printed> {
        self.seen.printed
    }

    fn has_results(&self) -> bool {
        self.printed().is_some_and(|printed| printed.results > 0)
    }

    fn lacks_results(&self) -> bool {
        self.printed().is_some_and(|printed| printed.results < self.expected.shown)
    }

    /// Whether a failure that was planned, or a silence, took other results with it.
    fn failed_with_one(&self) -> bool {
        let failed = self.seen.count(RequestOutcome::Failed) > 0;
        (failed || self.seen.gave_up_silent) && self.lacks_results()
    }

    /// Whether it gave up the others when one had failed, and none had succeeded.
    fn gave_up_after_failure(&self) -> bool {
        self.failed_with_one()
            && self.seen.abandoned > 0
            && self.seen.count(RequestOutcome::Answered) == 0
    }

    /// How many requests there were.
    fn number(&self) -> Option<Mistake> {
        let (asked, arrived) =
            (self.expected.requests.get(), self.seen.requests.len());
        if self.sent_too_many() {
            return Some(Mistake::TooManyRequests);
        }
        let too_few = (1..asked).contains(&arrived)
            && self.seen.termination == Termination::Success;
        too_few.then_some(Mistake::TooFewRequests)
    }

    fn sent_too_many(&self) -> bool {
        let asked = self.expected.requests.get() + self.sent_again();
        self.seen.requests.len() > asked
            && self.seen.count(RequestOutcome::Rejected) == 0
    }

    /// Requests beyond those asked for that were sent in place of failed ones: they arrived
    /// after the failure.
    fn sent_again(&self) -> usize {
        let requests = &self.seen.requests;
        let failed = requests.iter().filter(|r| r.outcome == RequestOutcome::Failed);
        let Some(first) = failed.clone().map(|request| request.ended).min() else {
            return 0;
        };
        let after = requests.iter().filter(|request| request.arrived >= first);
        let beyond = requests.len().saturating_sub(self.expected.requests.get());
        beyond.min(after.count()).min(failed.count())
    }

    /// Whether the task beside the requests has ended.
    fn spinner(&self) -> Option<Mistake> {
        (self.expected.spinner
            && !self.stood_still()
            && self.printed()?.spinner == Some(Spinner::Absent))
        .then_some(Mistake::NoTicks)
    }

    /// Whether no other task ran while requests waited.
    fn stood_still(&self) -> bool {
        match self.printed().and_then(|printed| printed.spinner) {
            Some(Spinner::StoodStill) => true,
            // It exists, and a blocking call kept it from running.
            Some(Spinner::Absent) => {
                self.expected.spinner
                    && self
                        .seen
                        .source
                        .is_some_and(|source| source.spinner && source.blocks)
            }
            Some(Spinner::Turned) | None => false,
        }
    }

    /// How many requests were in flight, and why not more.
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
        // One request alone has no order; nor have those of a program that failed before the
        // first response, or that sent too few, all of them together.
        let failed_first =
            seen.rounds == 0 && matches!(seen.termination, Termination::Failure(_));
        let sent_together =
            peak == arrived && arrived < self.expected.requests.get();
        if arrived < 2 || failed_first || sent_together {
            return None;
        }
        let stood_still = self.stood_still();
        // Sending one again takes a round of its own.
        let rounds = seen.rounds - self.sent_again().min(seen.rounds);
        let has_more_rounds =
            |needed| self.expected.has_own_rounds && rounds > needed;
        if peak == at_once && !stood_still {
            return has_more_rounds(self.expected.waits).then_some(Mistake::Chunks);
        }
        // The first of these that holds explains why there were so few.
        let why = if seen.queued > 0 {
            Mistake::ServerBottleneck
        } else if stood_still && peak == 1 {
            Mistake::BlockedThread
        } else if stood_still {
            Mistake::BlockedWorkers
        } else if self.was_held_back() {
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

    /// Whether requests that had been begun side by side were let through one by one, or a few
    /// at a time. Each lock lets one through, and a semaphore more.
    fn was_held_back(&self) -> bool {
        let (Some(printed), Some(source)) = (self.printed(), self.seen.source)
        else {
            return false;
        };
        let runs_beside = source.joins || source.starts_work();
        // Where not all may be in flight, to hold a permit is what is asked for.
        let all_at_once = self.expected.at_once >= self.expected.requests;
        let may_hold =
            (source.permits && all_at_once) || self.seen.peak <= source.locks;
        printed.announced > self.seen.peak && runs_beside && may_hold
    }

    /// Which results were lost or held back.
    fn results(&self) -> Option<Mistake> {
        let Printed { results: shown, before_last, .. } = self.printed()?;
        let answered = self.seen.count(RequestOutcome::Answered);
        let lost = shown < answered.min(self.expected.shown)
            || self.gave_up_after_failure();
        if lost && self.seen.termination == Termination::Success {
            let by_failure = self.failed_with_one();
            return Some(if by_failure {
                Mistake::OneFailureEndsAll
            } else {
                Mistake::ResultsLost
            });
        }
        let before = before_last?;
        let was_held_back = before.shown < before.answered
            && self.seen.peak == self.expected.at_once.get();
        was_held_back.then_some(Mistake::HeldBack)
    }

    /// What became of a response that failed.
    fn failure(&self) -> Option<Mistake> {
        let printed = self.printed()?;
        if printed.failures_as_results > 0 {
            return Some(Mistake::StatusIgnored);
        }
        let failed = self.seen.count(RequestOutcome::Failed) > 0;
        let is_hidden = (failed || self.seen.gave_up_silent)
            && self.seen.termination == Termination::Success
            && self.sent_again() == 0
            && printed.about_failure == Some(0)
            && !self.lacks_results();
        is_hidden.then_some(Mistake::FailureHidden)
    }

    fn connections(&self) -> Option<Mistake> {
        // As many as were in flight are needed. A client may open one in advance for each,
        // when the one that it wants back is a moment late.
        let most = self.expected.connections?.get().max(2 * self.seen.peak);
        (self.seen.connections > most).then_some(Mistake::AConnectionEach)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::{BeforeLast, ObservedRequest, Source};

    fn expected(requests: usize, at_once: usize) -> Expected {
        Expected {
            requests: NonZeroUsize::new(requests).unwrap(),
            at_once: NonZeroUsize::new(at_once).unwrap(),
            waits: requests.div_ceil(at_once),
            has_own_rounds: true,
            connections: None,
            shown: requests,
            spinner: false,
        }
    }

    fn request(outcome: RequestOutcome) -> ObservedRequest {
        ObservedRequest { arrived: 0, ended: 1, outcome }
    }

    /// A run in which all is as expected.
    fn right(expected: Expected) -> Observation {
        let answered = request(RequestOutcome::Answered);
        Observation {
            requests: vec![answered; expected.requests.get()],
            rounds: expected.waits,
            peak: expected.at_once.get(),
            printed: Some(Printed { results: expected.shown, ..Printed::default() }),
            source: Some(Source::default()),
            ..Observation::default()
        }
    }

    /// The same run, with another output.
    fn printing(
        seen: &Observation,
        change: impl FnOnce(&mut Printed),
    ) -> Observation {
        let mut printed = seen.printed.unwrap();
        change(&mut printed);
        Observation { printed: Some(printed), ..seen.clone() }
    }

    fn with_source(seen: &Observation, source: Source) -> Observation {
        Observation { source: Some(source), ..seen.clone() }
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
    fn who_does_not_wait_for_all_responses_has_left_too_early() {
        let expected = expected(10, 10);
        let mut seen = printing(&right(expected), |printed| printed.results = 5);
        seen.requests[5..].fill(request(RequestOutcome::Aborted));
        seen.abandoned = 5;
        assert_eq!(mistakes(expected, &seen), [Mistake::LeftTooEarly]);
        // Whatever else is missing then.
        seen.peak = 3;
        let seen = printing(&seen, |printed| printed.panic = Some(Panic::Other));
        assert_eq!(mistakes(expected, &seen), [Mistake::LeftTooEarly]);
        // An error is another reason to end.
        let failed =
            Observation { termination: Termination::Failure(Some(1)), ..seen };
        assert_eq!(mistakes(expected, &failed)[0], Mistake::Panicked);
    }

    #[test]
    fn what_never_began_was_left_if_something_was_started_and_else_not_polled() {
        let expected = expected(10, 10);
        let seen = Observation { requests: Vec::new(), peak: 0, ..right(expected) };
        let seen = printing(&seen, |printed| printed.results = 0);
        let with = |spawns, spinner| {
            let source = Source { spawns, spinner, ..Source::default() };
            mistakes(expected, &with_source(&seen, source))
        };
        // What is waited for has not been left.
        let awaited = Source { spawns: 1, waits: true, ..Source::default() };
        let awaited = with_source(&seen, awaited);
        assert_eq!(mistakes(expected, &awaited), [Mistake::NothingSent]);
        assert_eq!(with(0, false), [Mistake::NothingSent]);
        assert_eq!(with(1, false), [Mistake::LeftTooEarly]);
        // The spinner is not the work.
        assert_eq!(with(1, true), [Mistake::NothingSent]);
        assert_eq!(with(2, true), [Mistake::LeftTooEarly]);
        let unknown = Observation { source: None, ..seen.clone() };
        assert_eq!(mistakes(expected, &unknown), [Mistake::NothingSent]);
        // A task may see that the runtime ends, and say that it could not connect.
        let cut_off = printing(&seen, |printed| printed.could_not_connect = true);
        let left = Source { spawns: 1, ..Source::default() };
        let cut_off = with_source(&cut_off, left);
        assert_eq!(mistakes(expected, &cut_off), [Mistake::LeftTooEarly]);
    }

    #[test]
    fn the_last_ones_may_have_been_left_before_they_were_sent() {
        let expected = expected(40, 8);
        let mut seen = Observation { rounds: 4, ..right(expected) };
        seen.requests.truncate(32);
        let seen = printing(&seen, |printed| printed.results = 32);
        assert_eq!(mistakes(expected, &seen), [Mistake::TooFewRequests]);
        let left = Source { spawns: 1, ..Source::default() };
        let left = with_source(&seen, left);
        assert_eq!(mistakes(expected, &left), [Mistake::LeftTooEarly]);
    }

    #[test]
    fn a_program_that_fails_first_has_not_asked_elsewhere_for_sure() {
        let expected = expected(10, 10);
        let termination = Termination::Failure(Some(1));
        let none =
            Observation { termination, requests: Vec::new(), ..right(expected) };
        let with = |results, could_not_connect| {
            let seen = printing(&none, |printed| {
                *printed = Printed { results, could_not_connect, ..*printed };
            });
            mistakes(expected, &seen)
        };
        assert_eq!(with(0, false), [Mistake::Failed]);
        assert_eq!(with(0, true), [Mistake::AnotherAddress]);
        assert_eq!(with(10, false), [Mistake::AnotherAddress]);
    }

    #[test]
    fn a_failure_is_the_reason_only_where_nothing_was_answered_before_it() {
        let expected = Expected { shown: 9, ..expected(10, 10) };
        let mut seen = printing(&right(expected), |printed| printed.results = 0);
        seen.requests.fill(request(RequestOutcome::Aborted));
        seen.requests[3] = request(RequestOutcome::Failed);
        seen.abandoned = 9;
        assert_eq!(mistakes(expected, &seen), [Mistake::OneFailureEndsAll]);
        seen.requests[4..].fill(request(RequestOutcome::Answered));
        seen.abandoned = 3;
        assert_eq!(mistakes(expected, &seen), [Mistake::LeftTooEarly]);
    }

    #[test]
    fn a_failure_is_neither_a_page_nor_nothing() {
        let expected = Expected { shown: 9, ..expected(10, 10) };
        let mut seen = right(expected);
        seen.requests[3] = request(RequestOutcome::Failed);
        assert_eq!(mistakes(expected, &seen), []);
        let mut seen = printing(&seen, |printed| printed.about_failure = Some(0));
        assert_eq!(mistakes(expected, &seen), [Mistake::FailureHidden]);
        let told = printing(&seen, |printed| printed.about_failure = Some(1));
        assert_eq!(mistakes(expected, &told), []);
        let ignored = printing(&seen, |printed| printed.failures_as_results = 1);
        assert_eq!(mistakes(expected, &ignored), [Mistake::StatusIgnored]);
        // Sent again, it takes a round and is no request too many; sent with the others, it is.
        seen.requests.push(request(RequestOutcome::Answered));
        seen.rounds += 1;
        assert_eq!(mistakes(expected, &seen)[0], Mistake::TooManyRequests);
        seen.requests[10].arrived = 1;
        assert_eq!(mistakes(expected, &seen), []);
        assert_eq!(remark(expected, &seen), Some(Remark::SentAgain));
        seen.requests.push(request(RequestOutcome::Answered));
        assert_eq!(mistakes(expected, &seen)[0], Mistake::TooManyRequests);
        seen.abandoned = 9;
        assert_eq!(mistakes(expected, &seen)[0], Mistake::TooManyRequests);
    }

    #[test]
    fn a_lock_is_named_only_where_there_is_one_that_can_explain_it() {
        let expected = expected(10, 10);
        let seen = Observation { rounds: 10, peak: 1, ..right(expected) };
        let seen = printing(&seen, |printed| printed.announced = 10);
        let with = |source| mistakes(expected, &with_source(&seen, source));
        let (spawns, locks) = (1, 1);
        let both = Source { spawns, locks, ..Source::default() };
        assert_eq!(with(both), [Mistake::LockAcrossAwait]);
        assert_eq!(with(Source { spawns: 0, ..both }), [Mistake::OneByOne]);
        assert_eq!(with(Source { locks: 0, ..both }), [Mistake::OneByOne]);
        let joined = Source { joins: true, spawns: 0, ..both };
        assert_eq!(with(joined), [Mistake::LockAcrossAwait]);
        // A lock lets no two through, and a semaphore may.
        let four = Observation { rounds: 3, peak: 4, ..seen };
        let with = |source| mistakes(expected, &with_source(&four, source));
        assert_eq!(with(both), [Mistake::TooFewAtOnce]);
        let permits = Source { permits: true, ..both };
        assert_eq!(with(permits), [Mistake::LockAcrossAwait]);
    }

    #[test]
    fn a_spinner_that_is_gone_is_missed_and_one_that_starves_is_blocked() {
        let expected = Expected { spinner: true, ..expected(10, 10) };
        let with = |spinner, peak, has_one| {
            let seen = Observation { peak, ..right(expected) };
            let seen = printing(&seen, |printed| printed.spinner = Some(spinner));
            let source =
                Source { spinner: has_one, blocks: true, ..Source::default() };
            mistakes(expected, &with_source(&seen, source))
        };
        assert_eq!(with(Spinner::Turned, 10, true), []);
        assert_eq!(with(Spinner::Absent, 10, false), [Mistake::NoTicks]);
        assert_eq!(with(Spinner::Absent, 1, true), [Mistake::BlockedThread]);
        assert_eq!(with(Spinner::StoodStill, 10, true), [Mistake::BlockedWorkers]);
    }

    #[test]
    fn threads_that_wait_are_right_and_worth_a_word() {
        let expected = expected(10, 10);
        let source = Source { blocks: true, ..Source::default() };
        let seen = with_source(&right(expected), source);
        assert_eq!(mistakes(expected, &seen), []);
        assert_eq!(remark(expected, &seen), Some(Remark::AThreadEach));
        assert_eq!(remark(expected, &right(expected)), None);
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
        let all =
            printing(&right(expected), |printed| printed.before_last = before_last);
        let few = Observation { peak: 5, ..all.clone() };
        assert_eq!(mistakes(expected, &few), [Mistake::TooFewAtOnce]);
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

    /// A foreign server sees no output and no source.
    #[test]
    fn without_an_output_the_server_alone_is_the_witness() {
        let expected = expected(10, 10);
        let seen = Observation { printed: None, source: None, ..right(expected) };
        assert_eq!(mistakes(expected, &seen), []);
        let one = Observation { rounds: 10, peak: 1, ..seen };
        assert_eq!(mistakes(expected, &one), [Mistake::OneByOne]);
    }
}
