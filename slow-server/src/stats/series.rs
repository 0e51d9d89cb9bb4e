//! Peak concurrency per time bucket, at most 96 buckets.

/// When there are too many points, each two become one.
pub(crate) const MOST_POINTS: usize = 96;
const FIRST_STEP_MS: u64 = 20;

#[derive(Debug)]
pub(crate) struct ConcurrencySeries {
    step_ms: u64,
    points: Vec<Sample>,
    now: Sample,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) in_flight: usize,
    /// In flight or queued. Each request is queued for a moment, so that those alone would
    /// show a queue where there is none.
    pub(crate) waiting: usize,
}

impl Default for ConcurrencySeries {
    fn default() -> Self {
        let now = Sample::default();
        Self { step_ms: FIRST_STEP_MS, points: Vec::new(), now }
    }
}

impl ConcurrencySeries {
    /// From `at_ms` on it is this sample; times do not go back.
    pub(crate) fn note(&mut self, at_ms: u64, sample: Sample) {
        let bucket =
            |step_ms| usize::try_from(at_ms / step_ms).unwrap_or(usize::MAX);
        while bucket(self.step_ms) >= MOST_POINTS {
            self.merge_pairs();
        }
        let bucket = bucket(self.step_ms);
        while self.points.len() <= bucket {
            // Unchanged since the last sample.
            self.points.push(self.now);
        }
        self.points[bucket] = self.points[bucket].max(sample);
        self.now = sample;
    }

    fn merge_pairs(&mut self) {
        self.points = self
            .points
            .chunks(2)
            .map(|two| two.iter().fold(two[0], |one, &other| one.max(other)))
            .collect();
        self.step_ms *= 2;
    }

    /// How far its points are apart, in milliseconds.
    pub(crate) fn step_ms(&self) -> u64 {
        self.step_ms
    }

    /// The highest sample of each step so far.
    pub(crate) fn points(&self) -> &[Sample] {
        &self.points
    }
}

impl Sample {
    /// The higher of each.
    fn max(self, other: Self) -> Self {
        Self {
            in_flight: self.in_flight.max(other.in_flight),
            waiting: self.waiting.max(other.waiting),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Each point is the most that there was at any time of its step.
        #[test]
        fn a_series_has_the_most_of_each_step(
            changes in prop::collection::vec((0..2_000_u64, 0..9_usize), 0..60),
        ) {
            let mut series = ConcurrencySeries::default();
            let mut at_ms = 0;
            let mut samples = vec![(0, 0)];
            for (gap, waiting) in changes {
                at_ms += gap;
                series.note(at_ms, Sample { in_flight: waiting / 2, waiting });
                samples.push((at_ms, waiting));
            }
            prop_assert!(series.points().len() <= MOST_POINTS);
            for (point, sample) in (0..).zip(series.points()) {
                let (from, to) = (point * series.step_ms(), (point + 1) * series.step_ms());
                let before = samples.partition_point(|&(since, _)| since < from);
                let within = samples.partition_point(|&(since, _)| since < to);
                let most = samples[before.saturating_sub(1)..within].iter();
                let most = most.map(|&(_, waiting)| waiting).max().unwrap_or(0);
                prop_assert_eq!(sample.waiting, most);
                prop_assert_eq!(sample.in_flight, most / 2);
            }
        }
    }
}
