//! By how much two medians of the same code differ.

use serde::Serialize;

/// What is supposed of a single run: the larger of a tenth of the ideal, and about what a person
/// notices.
pub(crate) const SUPPOSED_SHARE: f64 = 0.1;
pub(crate) const SUPPOSED_S: f64 = 0.02;

/// Seconds that say nothing of a single run with this ideal.
pub(crate) fn supposed_s(ideal_s: f64) -> f64 {
    SUPPOSED_S.max(SUPPOSED_SHARE * ideal_s)
}

/// Seconds within which a difference says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Noise {
    #[serde(rename = "noise_s")]
    pub(crate) seconds: f64,
    #[serde(rename = "noise_from")]
    pub(crate) source: Source,
}

/// What a noise rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Source {
    /// On how far the repeats of both, or of the one that has some, are apart.
    Repeats,
    /// On nothing measured: neither was repeated.
    Supposed,
}

/// The standard error of a median divided by that of a mean, for normal times: √(π/2).
const OF_A_MEDIAN: f64 = 1.2533;

/// What two programs that start one after the other differ by, whatever their repeats say:
/// seconds, and a share of the time.
const LEAST_S: f64 = 0.003;
const LEAST_SHARE: f64 = 0.01;

/// The 97.5th percentile of Student's t by degrees of freedom, from 1; beyond, that of 10 does,
/// which is a little more than theirs.
const STUDENT: [f64; 10] =
    [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

impl Noise {
    /// Of the medians of these times, where `ideal_s` is the ideal, or the time where there is
    /// none: the half width of a 95 % confidence interval of their difference, as in a t-test with
    /// one variance for both. Where neither was repeated, what this project calls noise elsewhere.
    pub(crate) fn of(before: &[f64], now: &[f64], ideal_s: f64) -> Self {
        let freedom = (before.len() + now.len()).saturating_sub(2);
        let Some(at) = freedom.min(STUDENT.len()).checked_sub(1) else {
            let seconds = supposed_s(ideal_s);
            return Self { seconds, source: Source::Supposed };
        };
        let variance = (squares(before) + squares(now)) / freedom as f64;
        let weight = 1.0 / before.len() as f64 + 1.0 / now.len() as f64;
        let seconds = STUDENT[at] * OF_A_MEDIAN * (variance * weight).sqrt();
        let least_s = LEAST_S.max(LEAST_SHARE * ideal_s);
        Self { seconds: seconds.max(least_s), source: Source::Repeats }
    }
}

/// The sum of the squared distances from the mean.
fn squares(times: &[f64]) -> f64 {
    let mean = times.iter().sum::<f64>() / times.len() as f64;
    times.iter().map(|time| (time - mean).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_with_the_spread_and_shrinks_with_the_repeats() {
        let noise = |before: &[f64], now: &[f64]| Noise::of(before, now, 1.0);
        let three = noise(&[1.00, 1.02, 1.04], &[1.01, 1.03, 1.05]);
        // t of 4 degrees of freedom: 2.776 × 1.2533 × 0.02 × √(2/3).
        assert!((three.seconds - 0.0568).abs() < 1e-4, "{three:?}");
        assert_eq!(three.source, Source::Repeats);
        let wide = noise(&[1.00, 1.04, 1.08], &[1.01, 1.05, 1.09]);
        assert!(wide.seconds > three.seconds * 1.9, "{wide:?}");
        let often =
            noise(&[1.00, 1.02, 1.04].repeat(4), &[1.01, 1.03, 1.05].repeat(4));
        assert!(often.seconds < three.seconds / 2.0, "{often:?}");
        // One side alone was repeated: its spread is taken for both.
        let one = noise(&[1.00, 1.02, 1.04], &[1.01]);
        assert!(one.seconds > three.seconds, "{one:?}");
    }

    #[test]
    fn without_repeats_it_is_supposed_and_never_nothing() {
        let single = Noise::of(&[1.0], &[1.1], 1.0);
        assert_eq!(single, Noise { seconds: 0.1, source: Source::Supposed });
        let least = |seconds| Noise { seconds, source: Source::Repeats };
        assert_eq!(Noise::of(&[1.0; 5], &[1.0; 5], 1.0), least(LEAST_SHARE));
        assert_eq!(Noise::of(&[0.1; 5], &[0.1; 5], 0.1), least(LEAST_S));
    }
}
