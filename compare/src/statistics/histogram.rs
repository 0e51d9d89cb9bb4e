//! A histogram of latencies.

use client_core::Report;
use serde::Serialize;

/// Equal steps from the shortest latency to the longest.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Histogram {
    /// Milliseconds at which the first step begins.
    pub(crate) from_ms: f64,
    /// Milliseconds of each step.
    pub(crate) step_ms: f64,
    /// Requests in each.
    pub(crate) counts: Vec<usize>,
}

/// More lines than this of each client hide the table above them.
const STEPS: usize = 8;

/// A step is not smaller than what its label shows.
const LEAST_STEP_MS: f64 = 0.1;

impl Histogram {
    /// Of the requests that got the page, as the percentiles are; `None` where there are none,
    /// or where they were only counted.
    pub(crate) fn of(report: &Report) -> Option<Self> {
        let outcomes = report.outcomes.iter();
        let answered =
            outcomes.filter(|row| row.status == Some(200) && row.error.is_none());
        let took = answered.map(|row| row.end_us.saturating_sub(row.start_us));
        Self::of_micros(&took.collect::<Vec<_>>())
    }

    /// Milliseconds at which each step ends.
    pub(crate) fn ends_ms(&self) -> impl Iterator<Item = f64> {
        (1..=self.counts.len()).map(|n| self.from_ms + self.step_ms * n as f64)
    }

    fn of_micros(latencies: &[u64]) -> Option<Self> {
        let millis = |micros: u64| micros as f64 / 1e3;
        let from_ms = millis(*latencies.iter().min()?);
        let range_ms = millis(*latencies.iter().max()?) - from_ms;
        let step_ms = (range_ms / STEPS as f64).max(LEAST_STEP_MS);
        let position = |micros: u64| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a position among a few, cut to what there is"
            )]
            let position = ((millis(micros) - from_ms) / step_ms) as usize;
            position.min(STEPS - 1)
        };
        let mut counts = vec![0; STEPS];
        for &latency in latencies {
            counts[position(latency)] += 1;
        }
        while counts.last() == Some(&0) {
            counts.pop();
        }
        Some(Self { from_ms, step_ms, counts })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn steps_are_equal_and_the_longest_is_in_the_last() {
        let histogram = Histogram::of_micros(&[100_000, 100_900, 108_000]).unwrap();
        assert_eq!(histogram.counts, [2, 0, 0, 0, 0, 0, 0, 1]);
        assert!((histogram.step_ms - 1.0).abs() < 1e-9, "{histogram:?}");
        // What differs by less than a label shows is one line.
        let same = Histogram::of_micros(&[100_000, 100_001]).unwrap();
        assert_eq!(same.counts, [2]);
        assert_eq!(Histogram::of_micros(&[]), None);
    }

    proptest! {
        #[test]
        fn each_request_is_in_one_step(latencies in prop::collection::vec(1..10_000_000_u64, 1..300)) {
            let histogram = Histogram::of_micros(&latencies).unwrap();
            prop_assert_eq!(histogram.counts.iter().sum::<usize>(), latencies.len());
            prop_assert!(histogram.counts.len() <= STEPS);
        }
    }
}
