//! The difference between a row and the same row of an earlier comparison.

use client_core::Report;
use serde::Serialize;

use super::noise::Noise;
use super::repeat::Repeat;

/// A time that can be compared with that of another comparison.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Timing {
    /// Requests of one run.
    requests: usize,
    median_s: f64,
    /// Seconds of each run that was measured.
    times: Vec<f64>,
    ideal_s: Option<f64>,
}

/// A row beside the same one of the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Difference {
    /// Seconds that the baseline took: its median.
    #[serde(rename = "elapsed_s")]
    pub(crate) before_s: f64,
    /// Seconds that this one took more, or less if it is negative.
    #[serde(rename = "difference_s")]
    pub(crate) seconds: f64,
    /// The same as a share of the baseline.
    #[serde(rename = "difference_percent")]
    pub(crate) percent: f64,
    #[serde(flatten)]
    pub(crate) noise: Noise,
    pub(crate) is_more_than_noise: bool,
}

impl Timing {
    /// `None` where some requests did not wait as the others: the time is one of another thing.
    pub(crate) fn of(report: &Report, repeat: Option<&Repeat>) -> Option<Self> {
        let median_s = repeat.map_or(report.elapsed_s, |repeat| repeat.median_s);
        let times =
            repeat.map_or(vec![median_s], |repeat| repeat.measured_s().collect());
        let is_usable = report.is_waited_for() && median_s > 0.0;
        let (requests, ideal_s) = (report.requests, report.ideal_s);
        is_usable.then_some(Self { requests, median_s, times, ideal_s })
    }

    /// By requests per second: with `--duration`, all take as long.
    pub(crate) fn times_faster_than(&self, other: &Self) -> f64 {
        let throughput = |timing: &Self| timing.requests as f64 / timing.median_s;
        throughput(self) / throughput(other)
    }
}

impl Difference {
    pub(crate) fn between(baseline: &Timing, now: &Timing) -> Self {
        let seconds = now.median_s - baseline.median_s;
        let longer_s = baseline.median_s.max(now.median_s);
        // One delay has one ideal; if a server does not report its own, the time is used.
        let both = baseline.ideal_s.zip(now.ideal_s);
        let ideal_s = both.map_or(longer_s, |(one, other)| one.max(other));
        let noise = Noise::of(&baseline.times, &now.times, ideal_s);
        Self {
            before_s: baseline.median_s,
            seconds,
            percent: seconds / baseline.median_s * 100.0,
            noise,
            is_more_than_noise: seconds.abs() > noise.seconds,
        }
    }
}

#[cfg(test)]
#[expect(
    clippy::float_cmp,
    reason = "one subtraction, which is exact both ways round"
)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn timing() -> impl Strategy<Value = Timing> {
        let times = prop::collection::vec(0.001..10.0_f64, 1..8);
        (times, prop::option::of(0.001..10.0_f64)).prop_map(|(times, ideal_s)| {
            let mut sorted = times.clone();
            sorted.sort_by(f64::total_cmp);
            let median_s = sorted[(sorted.len() - 1) / 2];
            Timing { requests: 10, median_s, times, ideal_s }
        })
    }

    #[test]
    fn what_is_far_beyond_the_spread_is_more_than_noise() {
        let timing = |median_s: f64| Timing {
            requests: 10,
            median_s,
            times: vec![median_s, median_s - 0.01, median_s + 0.01],
            ideal_s: Some(1.0),
        };
        let of = |now: f64| Difference::between(&timing(1.1), &timing(now));
        assert!(of(1.5).is_more_than_noise && of(0.9).is_more_than_noise);
        assert!(!of(1.11).is_more_than_noise, "{:?}", of(1.11));
        assert!(of(1.5).percent > 36.0 && of(0.9).percent < -18.0);
    }

    #[test]
    fn as_many_requests_in_less_time_are_faster_and_so_are_more_in_the_same() {
        let timing = |requests: usize, median_s: f64| Timing {
            requests,
            median_s,
            times: vec![median_s],
            ideal_s: None,
        };
        let sync = timing(100, 10.0);
        assert_eq!(timing(100, 2.5).times_faster_than(&sync), 4.0);
        assert_eq!(timing(400, 10.0).times_faster_than(&sync), 4.0);
        assert_eq!(sync.times_faster_than(&sync), 1.0);
    }

    proptest! {
        #[test]
        fn the_other_way_round_it_is_as_much_less(a in timing(), b in timing()) {
            let there = Difference::between(&a, &b);
            let back = Difference::between(&b, &a);
            prop_assert_eq!(there.seconds, -back.seconds);
            prop_assert!((there.noise.seconds - back.noise.seconds).abs() < 1e-12);
            prop_assert_eq!(there.is_more_than_noise, back.is_more_than_noise);
            prop_assert_eq!(there.noise.source, back.noise.source);
            let of_both = there.percent * a.median_s + back.percent * b.median_s;
            prop_assert!(of_both.abs() < 1e-9, "{}", of_both);
        }

        #[test]
        fn nothing_differs_from_itself(a in timing()) {
            let same = Difference::between(&a, &a);
            prop_assert_eq!(same.seconds, 0.0);
            prop_assert!(!same.is_more_than_noise);
        }
    }
}
