//! The latency percentiles of a run.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// In milliseconds. A percentile is the smallest latency that at least that share does
/// not exceed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// The shortest.
    pub min: f64,
    /// The median.
    pub p50: f64,
    /// The 90th percentile.
    pub p90: f64,
    /// The 99th percentile.
    pub p99: f64,
    /// The 99.9th percentile; `None` below [`ENOUGH_FOR_P99_9`] latencies, of which it would be
    /// the longest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p99_9: Option<f64>,
    /// The longest.
    pub max: f64,
}

/// A 99th percentile differs from the maximum from this many latencies on: of fewer, it is the
/// longest, or as good as that.
pub const ENOUGH_FOR_P99: usize = 100;

/// The same for a 99.9th percentile.
pub const ENOUGH_FOR_P99_9: usize = 1000;

impl Latency {
    /// Of all these; `None` if there are none.
    #[must_use]
    pub fn of(latencies: impl Iterator<Item = Duration>) -> Option<Self> {
        let mut latencies: Vec<_> = latencies.map(millis).collect();
        latencies.sort_by(f64::total_cmp);
        let per_mille = |share: usize| {
            let rank = (latencies.len() * share).div_ceil(1000).max(1);
            latencies.get(rank - 1).copied()
        };
        let is_enough = latencies.len() >= ENOUGH_FOR_P99_9;
        Some(Self {
            min: *latencies.first()?,
            p50: per_mille(500)?,
            p90: per_mille(900)?,
            p99: per_mille(990)?,
            p99_9: per_mille(999).filter(|_| is_enough),
            max: *latencies.last()?,
        })
    }
}

/// Latencies that are too many to keep: right to a thousandth, in a few hundred kilobytes.
#[derive(Debug)]
pub(crate) struct Latencies {
    micros: Histogram<u64>,
    shortest: Duration,
    longest: Duration,
}

/// The longest that is distinguished; beyond it, all count as this.
const LONGEST: Duration = Duration::from_hours(24);

impl Default for Latencies {
    fn default() -> Self {
        #[expect(
            clippy::expect_used,
            reason = "the bounds are constants, and valid"
        )]
        let micros = Histogram::new_with_bounds(1, micros(LONGEST), 3)
            .expect("1 µs to a day in three digits");
        Self { micros, shortest: Duration::MAX, longest: Duration::ZERO }
    }
}

impl Latencies {
    pub(crate) fn add(&mut self, latency: Duration) {
        self.micros.saturating_record(micros(latency));
        self.shortest = self.shortest.min(latency);
        self.longest = self.longest.max(latency);
    }

    /// `None` if there are none.
    pub(crate) fn spread(&self) -> Option<Latency> {
        let number = self.micros.len();
        let percentile = |thousandths: u64| {
            let rank = (number * thousandths).div_ceil(1000);
            // Within the rank: at its very edge, rounding would make it the next one.
            let quantile = (rank as f64 - 0.5) / number as f64;
            let micros = self.micros.value_at_quantile(quantile);
            // All in one step of the histogram count as its upper end.
            millis(Duration::from_micros(micros).min(self.longest))
        };
        let is_enough = number >= ENOUGH_FOR_P99_9 as u64;
        (!self.micros.is_empty()).then(|| Latency {
            min: millis(self.shortest),
            p50: percentile(500),
            p90: percentile(900),
            p99: percentile(990),
            p99_9: is_enough.then(|| percentile(999)),
            max: millis(self.longest),
        })
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn percentiles_are_the_nearest_rank() {
        let latency = Latency::of((1..=100).map(Duration::from_millis)).unwrap();
        let all = [latency.min, latency.p50, latency.p90, latency.p99, latency.max];
        for (measured, expected) in
            all.into_iter().zip([1.0, 50.0, 90.0, 99.0, 100.0])
        {
            assert!((measured - expected).abs() < 1e-9, "{latency:?}");
        }
        assert_eq!(latency.p99_9, None);
        let of = |most| Latency::of((1..=most).map(Duration::from_millis)).unwrap();
        assert_eq!(of(999).p99_9, None);
        for (most, expected) in [(1000, 999.0), (1001, 1000.0), (2001, 1999.0)] {
            let p99_9 = of(most).p99_9.unwrap();
            assert!((p99_9 - expected).abs() < 1e-9, "{p99_9} of {most}");
        }
        assert_eq!(Latency::of([].into_iter()), None);
        assert_eq!(Latencies::default().spread(), None);
    }

    /// 99.9 % of a thousand is 999, and a little more in floating point.
    #[test]
    fn a_percentile_that_is_counted_is_of_the_same_rank() {
        let all = || (1..=1000).map(|n| Duration::from_millis(n * n));
        let mut counted = Latencies::default();
        all().for_each(|latency| counted.add(latency));
        let exact = Latency::of(all()).unwrap().p99_9.unwrap();
        let counted = counted.spread().unwrap().p99_9.unwrap();
        assert!((exact - counted).abs() <= exact / 1000.0, "{exact} {counted}");
    }

    proptest! {
        /// What is only counted says the same as what is kept, to a thousandth.
        #[test]
        fn a_histogram_says_what_all_latencies_say(
            micros in prop::collection::vec(1..200_000_000_u64, 1..1200),
        ) {
            let all = || micros.iter().copied().map(Duration::from_micros);
            let exact = Latency::of(all()).unwrap();
            let mut counted = Latencies::default();
            all().for_each(|latency| counted.add(latency));
            let counted = counted.spread().unwrap();
            prop_assert_eq!(exact.p99_9.is_some(), counted.p99_9.is_some());
            for (exact, counted) in [
                (exact.min, counted.min),
                (exact.p50, counted.p50),
                (exact.p90, counted.p90),
                (exact.p99, counted.p99),
                (exact.p99_9.unwrap_or(0.0), counted.p99_9.unwrap_or(0.0)),
                (exact.max, counted.max),
            ] {
                prop_assert!((exact - counted).abs() <= exact / 1000.0 + 0.001, "{} {}", exact, counted);
            }
        }
    }
}
