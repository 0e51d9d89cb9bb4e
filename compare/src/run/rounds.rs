//! Several rounds of all clients: their order, and the row that represents a client's runs.

use std::fmt;
use std::num::NonZeroUsize;

use units::localized;

use crate::explain;
use crate::result::comparison::Run;
use crate::statistics::histogram::Histogram;
use crate::statistics::repeat::Repeat;

/// Which of several runs of a client one is, as the progress says it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Round {
    /// The only one.
    #[default]
    Only,
    /// What is left out of all figures.
    WarmUp,
    Numbered {
        number: usize,
        of: usize,
    },
}

impl fmt::Display for Round {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Only => Ok(()),
            Self::WarmUp => write!(out, " {}", localized!("warm-up", "预热")),
            Self::Numbered { number, of } => write!(out, " {number}/{of}"),
        }
    }
}

impl Round {
    /// The round after this many others.
    pub(crate) fn new(before: usize, all: NonZeroUsize) -> Self {
        let of = all.get();
        if of == 1 { Self::Only } else { Self::Numbered { number: before + 1, of } }
    }
}

/// The clients of a round, by their positions: each round begins with another one, so that
/// none always runs first, on a machine that is still cool, or last.
pub(crate) fn order(round: usize, clients: usize) -> impl Iterator<Item = usize> {
    (0..clients).map(move |place| (round + place) % clients)
}

/// The row of a client that was to run `rounds` times: its run with the median time, and what is
/// to be said of all of them. `None` if it never ran.
pub(crate) fn row(
    mut runs: Vec<Run>,
    rounds: NonZeroUsize,
    requests: NonZeroUsize,
) -> Option<Run> {
    let reports: Vec<_> =
        runs.iter().map(|run| (run.report.as_ref(), run.is_whole())).collect();
    let repeat = Repeat::of(&reports, requests).filter(|_| rounds.get() > 1);
    let notes = explain::repeats::notes(&runs, repeat.as_ref(), rounds);
    if runs.is_empty() {
        return None;
    }
    // Without a time, a failed run is the one to be shown.
    let failed = runs.iter().position(|run| !run.is_whole()).unwrap_or(0);
    let row = repeat.as_ref().map_or(failed, |repeat| repeat.row);
    let mut run = runs.swap_remove(row);
    run.repeat = repeat;
    run.histogram = run.report.as_ref().and_then(Histogram::of);
    run.notes.extend(notes);
    Some(run)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::result::report_with;

    #[test]
    fn each_round_has_all_clients_and_begins_with_the_next() {
        let rounds: Vec<Vec<_>> =
            (0..5).map(|round| order(round, 4).collect()).collect();
        assert_eq!(rounds[..3], [[0, 1, 2, 3], [1, 2, 3, 0], [2, 3, 0, 1]]);
        assert_eq!(rounds[4], rounds[0]);
        assert_eq!(order(3, 1).collect::<Vec<_>>(), [0]);
    }

    #[test]
    fn a_row_is_whole_only_if_all_its_runs_are() {
        let run = |elapsed_s: f64, ok: usize| {
            let mut run =
                Run::unmeasured("sync".to_owned(), "sync".to_owned(), None);
            let counts =
                json!({ "elapsed_s": elapsed_s, "ok": ok, "failed": 10 - ok });
            run.report = Some(report_with(&counts));
            run
        };
        let two = NonZeroUsize::new(2).unwrap();
        let row = |runs| row(runs, two, NonZeroUsize::new(10).unwrap()).unwrap();
        assert!(row(vec![run(1.0, 10), run(1.1, 10)]).is_whole());
        let failed = row(vec![run(1.0, 10), run(0.1, 9)]);
        assert!(!failed.is_whole());
        assert_eq!(failed.report.unwrap().ok, 10);
        // Neither left a report: the row is one of those, and says why.
        let mut lost = run(1.0, 10);
        (lost.report, lost.problem) = (None, Some(units::Localized::same("lost")));
        assert_eq!(row(vec![lost]).problem.unwrap().en, "lost");
    }

    #[test]
    fn the_progress_says_which_round_it_is_where_there_are_several() {
        let three = NonZeroUsize::new(3).unwrap();
        assert_eq!(Round::new(1, three).to_string(), " 2/3");
        assert_eq!(Round::new(0, NonZeroUsize::MIN).to_string(), "");
    }
}
