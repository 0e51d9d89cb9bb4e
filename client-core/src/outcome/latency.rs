//! The spread of the latencies of a run.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// In milliseconds. A percentile is the smallest latency that at least so many percent do
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
    /// The longest.
    pub max: f64,
}

impl Latency {
    /// Of all these; `None` if there are none.
    #[must_use]
    pub fn of(latencies: impl Iterator<Item = Duration>) -> Option<Self> {
        let mut latencies: Vec<_> = latencies.map(millis).collect();
        latencies.sort_by(f64::total_cmp);
        let percentile = |percent: usize| {
            let rank = (latencies.len() * percent).div_ceil(100).max(1);
            latencies.get(rank - 1).copied()
        };
        Some(Self {
            min: *latencies.first()?,
            p50: percentile(50)?,
            p90: percentile(90)?,
            p99: percentile(99)?,
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

/// The longest that is told apart; beyond it, all are as long as this.
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
        let percentile = |percent| {
            let micros = self.micros.value_at_percentile(percent);
            // What falls into one step of the histogram is told as its upper end.
            millis(Duration::from_micros(micros).min(self.longest))
        };
        (!self.micros.is_empty()).then(|| Latency {
            min: millis(self.shortest),
            p50: percentile(50.0),
            p90: percentile(90.0),
            p99: percentile(99.0),
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
        assert_eq!(Latency::of([].into_iter()), None);
        assert_eq!(Latencies::default().spread(), None);
    }

    proptest! {
        /// What is only counted says the same as what is kept, to a thousandth.
        #[test]
        fn a_histogram_says_what_all_latencies_say(
            micros in prop::collection::vec(1..200_000_000_u64, 1..200),
        ) {
            let all = || micros.iter().copied().map(Duration::from_micros);
            let exact = Latency::of(all()).unwrap();
            let mut counted = Latencies::default();
            all().for_each(|latency| counted.add(latency));
            let counted = counted.spread().unwrap();
            for (exact, counted) in [
                (exact.min, counted.min),
                (exact.p50, counted.p50),
                (exact.p90, counted.p90),
                (exact.p99, counted.p99),
                (exact.max, counted.max),
            ] {
                prop_assert!((exact - counted).abs() <= exact / 1000.0 + 0.001, "{} {}", exact, counted);
            }
        }
    }
}
