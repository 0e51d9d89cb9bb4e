//! All runs of one client in one comparison (`--repeat`), and the one that represents them.

use std::num::NonZeroUsize;

use client_core::Report;
use serde::{Deserialize, Serialize};

use super::outliers::outliers;

/// Several runs of one client. `ok + failed + timed_out + not_sent = requests`, over all of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Repeat {
    /// Seconds of each run, in the order in which they ran; `None` where it left no report.
    pub(crate) elapsed_s: Vec<Option<f64>>,
    /// The run, from 0, to which all other figures of the row belong: the one with the median.
    pub(crate) row: usize,
    /// Seconds; of an even number of runs, the lower one of the two in the middle, so that it
    /// is the time of a run that there was.
    pub(crate) median_s: f64,
    pub(crate) min_s: f64,
    pub(crate) max_s: f64,
    /// The runs, from 0, whose times are outliers.
    pub(crate) outliers: Vec<usize>,
    /// The runs, from 0, that did not get all of their pages. Where others did, the times
    /// above are of those alone.
    pub(crate) incomplete: Vec<usize>,
    pub(crate) requests: usize,
    pub(crate) ok: usize,
    /// Those of a run that left no report among them.
    pub(crate) failed: usize,
    pub(crate) timed_out: usize,
    pub(crate) not_sent: usize,
}

impl Repeat {
    /// Of runs that were to send `requests` each, and whether each did all that it was to do;
    /// `None` if none left a report.
    pub(crate) fn of(
        runs: &[(Option<&Report>, bool)],
        requests: NonZeroUsize,
    ) -> Option<Self> {
        let reports: Vec<_> = runs.iter().map(|(report, _)| *report).collect();
        let is_whole = |position: &usize| runs[*position].1;
        let (whole, incomplete): (Vec<_>, Vec<_>) =
            (0..reports.len()).partition(is_whole);
        // A run that failed immediately is not a fast one.
        let candidates = if whole.is_empty() { &incomplete } else { &whole };
        let has_report = |position: &usize| reports[*position].is_some();
        let mut measured: Vec<usize> =
            candidates.iter().copied().filter(has_report).collect();
        let time =
            |position: usize| reports[position].map(|report| report.elapsed_s);
        let times: Vec<f64> = measured.iter().filter_map(|&at| time(at)).collect();
        let outliers = outliers(&times).into_iter().map(|at| measured[at]).collect();

        measured.sort_by(|&a, &b| {
            time(a).partial_cmp(&time(b)).unwrap_or(std::cmp::Ordering::Equal)
        });
        let (&first, &last) = (measured.first()?, measured.last()?);
        let row = measured[(measured.len() - 1) / 2];
        let sum = |count: fn(&Report) -> usize| {
            reports.iter().flatten().map(|report| count(report)).sum::<usize>()
        };
        let unreported = reports.iter().filter(|report| report.is_none()).count()
            * requests.get();
        Some(Self {
            elapsed_s: (0..reports.len()).map(time).collect(),
            row,
            median_s: time(row)?,
            min_s: time(first)?,
            max_s: time(last)?,
            outliers,
            incomplete,
            requests: sum(|report| report.requests) + unreported,
            ok: sum(|report| report.ok),
            failed: sum(|report| report.failed) + unreported,
            timed_out: sum(|report| report.timed_out),
            not_sent: sum(|report| report.not_sent),
        })
    }

    /// Whether the times are of some of the runs, since the others were not whole.
    pub(crate) fn leaves_out_some(&self) -> bool {
        (1..self.elapsed_s.len()).contains(&self.incomplete.len())
    }

    /// Seconds of the runs of which the median is one.
    pub(crate) fn measured_s(&self) -> impl Iterator<Item = f64> {
        let all_incomplete = self.incomplete.len() == self.elapsed_s.len();
        let times = self.elapsed_s.iter().enumerate();
        times.filter_map(move |(at, time)| {
            time.filter(|_| all_incomplete || !self.incomplete.contains(&at))
        })
    }
}

#[cfg(test)]
#[expect(
    clippy::float_cmp,
    reason = "the time of a run itself, and none computed from it"
)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::result::report_with;

    const TEN: NonZeroUsize = NonZeroUsize::new(10).unwrap();

    fn report(
        (elapsed_s, ok, failed, timed_out): (f64, usize, usize, usize),
    ) -> Report {
        let not_sent = 10 - ok - failed - timed_out;
        report_with(&json!({
            "elapsed_s": elapsed_s, "ok": ok, "failed": failed, "timed_out": timed_out,
            "not_sent": not_sent,
        }))
    }

    fn of(reports: &[Option<Report>]) -> Option<Repeat> {
        let reports = reports.iter().map(Option::as_ref);
        let runs: Vec<_> = reports
            .map(|report| (report, report.is_some_and(Report::is_whole)))
            .collect();
        Repeat::of(&runs, TEN)
    }

    fn whole(times: &[f64]) -> Vec<Option<Report>> {
        times.iter().map(|&time| Some(report((time, 10, 0, 0)))).collect()
    }

    /// A run: mostly whole, or with some of its requests in each count, or without a report.
    fn run() -> impl Strategy<Value = Option<Report>> {
        let some = (0.001..10.0_f64, 0..4_usize, 0..4_usize, 0..4_usize);
        prop_oneof![
            4 => (0.001..10.0_f64).prop_map(|time| Some(report((time, 10, 0, 0)))),
            2 => some.prop_map(|counts| Some(report(counts))),
            1 => Just(None),
        ]
    }

    #[test]
    fn the_row_is_the_run_in_the_middle_and_the_lower_one_of_two() {
        let odd = of(&whole(&[3.0, 1.0, 2.0])).unwrap();
        assert_eq!(
            (odd.row, odd.median_s, odd.min_s, odd.max_s),
            (2, 2.0, 1.0, 3.0)
        );
        let even = of(&whole(&[4.0, 1.0, 3.0, 2.0])).unwrap();
        assert_eq!((even.row, even.median_s), (3, 2.0));
    }

    #[test]
    fn a_run_that_failed_at_once_is_no_fast_one() {
        let refused = Some(report((0.001, 0, 10, 0)));
        let mut runs = whole(&[1.0, 1.2]);
        runs.extend([refused.clone(), None]);
        let repeat = of(&runs).unwrap();
        assert_eq!((repeat.row, repeat.min_s), (0, 1.0));
        assert_eq!(repeat.incomplete, [2, 3]);
        assert_eq!(repeat.measured_s().collect::<Vec<_>>(), [1.0, 1.2]);
        assert_eq!((repeat.requests, repeat.ok, repeat.failed), (40, 20, 20));
        // Where none got all pages, there is still a time.
        let repeat = of(&[None, refused]).unwrap();
        assert_eq!((repeat.row, repeat.median_s), (1, 0.001));
        assert_eq!(repeat.measured_s().collect::<Vec<_>>(), [0.001]);
        assert_eq!(of(&[None]), None);
    }

    proptest! {
        #[test]
        fn each_request_of_each_run_is_in_one_count(runs in prop::collection::vec(run(), 1..12)) {
            let Some(repeat) = of(&runs) else {
                prop_assert!(runs.iter().all(Option::is_none));
                return Ok(());
            };
            let Repeat { ok, failed, timed_out, not_sent, requests, .. } = repeat;
            prop_assert_eq!(ok + failed + timed_out + not_sent, requests);
            prop_assert_eq!(requests, runs.len() * 10);
            prop_assert_eq!(repeat.elapsed_s.len(), runs.len());
        }

        #[test]
        fn the_row_has_the_median_of_what_was_measured(runs in prop::collection::vec(run(), 1..12)) {
            let Some(repeat) = of(&runs) else { return Ok(()) };
            let mut times: Vec<_> = repeat.measured_s().collect();
            times.sort_by(f64::total_cmp);
            prop_assert_eq!(repeat.median_s, times[(times.len() - 1) / 2]);
            prop_assert_eq!(repeat.elapsed_s[repeat.row], Some(repeat.median_s));
            prop_assert_eq!(repeat.min_s, times[0]);
            prop_assert_eq!(repeat.max_s, times[times.len() - 1]);
            // A run that failed represents the others only if all did.
            let all_failed = repeat.incomplete.len() == runs.len();
            prop_assert_eq!(repeat.incomplete.contains(&repeat.row), all_failed);
        }

        #[test]
        fn an_outlier_is_a_run_that_was_measured_and_not_the_row(runs in prop::collection::vec(run(), 1..12)) {
            let Some(repeat) = of(&runs) else { return Ok(()) };
            for &outlier in &repeat.outliers {
                let time = repeat.elapsed_s[outlier].unwrap();
                prop_assert!(repeat.measured_s().any(|measured| measured == time));
                prop_assert_ne!(outlier, repeat.row);
            }
            prop_assert!(repeat.outliers.is_empty() || repeat.measured_s().count() >= 5);
        }
    }
}
