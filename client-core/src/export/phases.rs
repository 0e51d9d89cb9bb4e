//! The phases of a request, as the pictures show them: client and network, queued, waiting.

use std::ops::Range;

use crate::outcome::report::OutcomeRow;

/// A request's time in three parts, each a range of microseconds since the run began. They
/// follow one another without a gap, and some may be empty.
///
/// The server says how long it let a request wait in its queue and how long it was to wait. All
/// else counts as the client's and the network's, also where a busy server was late, and is
/// put first: most of it is spent on the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phases {
    /// The client connects, sends, and does its other work.
    pub(crate) client_and_network: Range<u64>,
    /// The request is in the server's queue.
    pub(crate) queued: Range<u64>,
    /// The server's delay.
    pub(crate) waited: Range<u64>,
}

impl Phases {
    /// The parts of the time of `outcome`. Where the server said nothing, all of it was
    /// waiting, as far as anybody knows.
    #[must_use]
    pub(crate) fn of(outcome: &OutcomeRow) -> Self {
        let OutcomeRow { start_us: start, end_us, .. } = *outcome;
        let end = end_us.max(start);
        let all = end - start;
        // A clock that runs a little slower than the server's must not lead to less than
        // nothing.
        let waited = outcome.waited_us.map_or(all, |waited| waited.min(all));
        let queued = outcome.queued_us.unwrap_or(0).min(all - waited);
        let (line, wait) = (end - waited - queued, end - waited);
        Self {
            client_and_network: start..line,
            queued: line..wait,
            waited: wait..end,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_client_has_what_the_server_does_not_account_for() {
        let (queued_us, waited_us) = (Some(20), Some(100));
        let (start_us, end_us) = (10, 133);
        let outcome = OutcomeRow {
            start_us,
            end_us,
            queued_us,
            waited_us,
            ..OutcomeRow::default()
        };
        let phases = Phases::of(&outcome);
        assert_eq!(
            phases,
            Phases { client_and_network: 10..13, queued: 13..33, waited: 33..133 }
        );
        let untold = OutcomeRow { queued_us: None, waited_us: None, ..outcome };
        assert_eq!(Phases::of(&untold).waited, 10..133);
    }

    proptest! {
        #[test]
        fn the_parts_fill_the_time_whatever_a_server_says(
            start_us in 0..1000_u64, long in 0..1000_u64,
            queued_us: Option<u64>, waited_us: Option<u64>,
        ) {
            let end_us = start_us + long;
            let outcome = OutcomeRow {
                start_us, end_us, queued_us, waited_us, ..OutcomeRow::default()
            };
            let Phases { client_and_network, queued, waited } = Phases::of(&outcome);
            prop_assert!(client_and_network.start <= client_and_network.end && queued.start <= queued.end);
            prop_assert!(waited.start <= waited.end);
            prop_assert_eq!((client_and_network.start, waited.end), (start_us, end_us));
            prop_assert_eq!((client_and_network.end, queued.end), (queued.start, waited.start));
        }
    }
}
