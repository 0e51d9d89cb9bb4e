//! In which order the responses of a round are released.

use std::collections::VecDeque;

use crate::pack::Server;

/// What a run of a check is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variation {
    /// In the last round, the response to the request which arrived first comes last; and one
    /// response takes as long as a slow server does.
    FirstArrivedLast,
    /// The response to the request which arrived last comes last; where the exercise names one,
    /// that in the middle: what a program shows in an order of its own is held back by it
    /// wherever that order begins, and though requests may overtake each other on their way. A
    /// program may be right by luck with one of the two, and hardly with both.
    LastArrivedLast,
    /// No request fails, and each has its response with the others: what is wrong all the same
    /// is not because of a failure.
    WithoutFailure,
}

impl Variation {
    /// What the server of this exercise does in such a run.
    pub(super) fn script(self, server: &Server) -> Server {
        match self {
            Self::WithoutFailure => {
                Server { fails: None, never: None, ..server.clone() }
            }
            Self::FirstArrivedLast | Self::LastArrivedLast => server.clone(),
        }
    }
}

/// Responses that are released together.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The failure before all others, so that a program that ends with it has no other reason.
    Failure(u64),
    /// All that are due.
    Responses(Vec<u64>),
    /// The last one of the run.
    Last(u64),
}

/// The responses that are `due`, in order of arrival, as they are to be released.
pub(super) fn stages(
    mut due: Vec<u64>,
    script: &Server,
    variation: Variation,
    is_last_round: bool,
) -> VecDeque<Stage> {
    let mut take = |number: Option<usize>| {
        let number = number? as u64;
        let index = due.iter().position(|&due| due == number)?;
        Some(due.remove(index))
    };
    let own_last = match variation {
        Variation::FirstArrivedLast => script.last,
        _ => script.last.map(|_| script.requests.get() / 2),
    };
    let (failure, mut last) = (take(script.fails), take(own_last));
    let holds_one = script.never.is_none() && variation != Variation::WithoutFailure;
    if last.is_none() && is_last_round && holds_one && due.len() > 1 {
        last = match variation {
            Variation::FirstArrivedLast => Some(due.remove(0)),
            _ => due.pop(),
        };
    }
    [
        failure.map(Stage::Failure),
        (!due.is_empty()).then_some(Stage::Responses(due)),
        last.map(Stage::Last),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::Stage::{Failure, Last, Responses};
    use super::Variation::{FirstArrivedLast, LastArrivedLast, WithoutFailure};
    use super::*;

    fn planned(server: &Server, variation: Variation, is_last: bool) -> Vec<Stage> {
        let script = variation.script(server);
        stages((0..10).collect(), &script, variation, is_last).into()
    }

    #[test]
    fn one_response_of_the_last_round_comes_after_the_others() {
        let server = Server::default();
        let all: Vec<_> = (0..10).collect();
        let first = [Responses(all[1..].to_vec()), Last(0)];
        assert_eq!(planned(&server, FirstArrivedLast, true), first);
        let last = [Responses(all[..9].to_vec()), Last(9)];
        assert_eq!(planned(&server, LastArrivedLast, true), last);
        let together = [Responses(all)];
        assert_eq!(planned(&server, FirstArrivedLast, false), together);
        assert_eq!(planned(&server, WithoutFailure, true), together);
        // A program that has to give one up has a timeout for all.
        let never = Server { never: Some(3), ..server };
        assert_eq!(planned(&never, FirstArrivedLast, true), together);
    }

    #[test]
    fn a_failure_comes_before_all_others_and_the_exercises_own_after_them() {
        let fails = Server { fails: Some(3), ..Server::default() };
        let stages = planned(&fails, FirstArrivedLast, true);
        assert_eq!((&stages[0], &stages[2]), (&Failure(3), &Last(0)));
        assert_eq!(planned(&fails, WithoutFailure, true).len(), 1);
        let own = Server { last: Some(4), ..Server::default() };
        assert_eq!(planned(&own, FirstArrivedLast, true)[1], Last(4));
        assert_eq!(planned(&own, LastArrivedLast, true)[1], Last(5));
    }
}
