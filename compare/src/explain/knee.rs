//! The sentence for each client of a sweep: where it leaves its ideal, and why.

use super::overhead;
use crate::result::knee::{Cause, Knee};
use crate::result::point::Point;

/// One sentence on how far a client keeps to its ideal, and on what it is stopped by.
pub(crate) fn sentence(points: &[Point], knee: Option<&Knee>) -> String {
    let mut parts = vec![match knee {
        Some(knee) => leaves(points, knee),
        None => keeps(points),
    }];
    if let Some(skipped) = points.iter().find(|point| point.skipped.is_some()) {
        let why = skipped.skipped.as_deref().unwrap_or_default();
        parts.push(format!("left out from {} on: {why}", skipped.requests));
    }
    format!("{}.", parts.join("; "))
}

/// For runs of which all were whole and none late.
fn keeps(points: &[Point]) -> String {
    const UNKNOWN: &str = "ideal is unknown: the server does not tell all delays";
    let what = ideal(points);
    let shown = || points.iter().filter(|point| point.is_shown());
    let unknown = shown().find(|point| point.ideal_s.is_none());
    let Some(last) = shown().rfind(|point| point.ideal_s.is_some()) else {
        let reason = unknown.map(|_| format!("its {UNKNOWN}"));
        return reason.unwrap_or_else(|| "ran at no size".to_owned());
    };
    let early = shown().find(|point| {
        let assumed = point.report().filter(|run| run.assumed_delay_ms.is_some());
        assumed.is_some_and(|report| super::early(report).is_some())
    });
    if let Some(point) = early {
        return format!(
            "takes less than {what} at {}: the server's delay is shorter than assumed",
            units::count(point.requests, "request")
        );
    }
    let keeps = format!(
        "keeps to {what} up to {}: only the waiting costs",
        units::count(last.requests, "request")
    );
    match unknown {
        Some(point) => format!("{keeps}; from {} on its {UNKNOWN}", point.requests),
        None => keeps,
    }
}

fn leaves(points: &[Point], knee: &Knee) -> String {
    let &Knee { requests, cause, .. } = knee;
    let what = ideal(points);
    let from = format!("leaves {what} at {}", units::count(requests, "request"));
    let at = points.iter().find(|point| point.requests == requests);
    let Some(run) = at.and_then(|point| point.run.as_ref()) else {
        return from;
    };
    let Some(report) = &run.report else {
        let problem = run.problem.as_deref().unwrap_or("nobody knows why");
        return format!("{from}: it left no report, {problem}");
    };
    if cause == Cause::Failures {
        let errors = report.errors.iter();
        let errors = errors.map(|error| format!("{} {}", error.count, error.kind));
        let errors: Vec<_> = errors.collect();
        return format!("{from}: not all got the page ({})", errors.join(", "));
    }
    let why = run.overhead.as_ref();
    let why =
        why.map(|why| overhead::sentence(report, &run.conditions, why, false).en);
    format!("{from}, {}", why.unwrap_or_default())
}

/// What the runs are held against.
fn ideal(points: &[Point]) -> &'static str {
    let mut reports = points.iter().filter_map(Point::report);
    if reports.any(|report| report.assumed_delay_ms.is_some()) {
        "the ideal that was assumed"
    } else {
        "its ideal"
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use client_core::Layout;
    use serde_json::json;

    use super::*;
    use crate::result::comparison::Run;
    use crate::result::report_with;

    /// A run of `requests` of which `ok` got the page, or that left no report.
    fn point(requests: usize, ok: Option<usize>, ideal_s: Option<f64>) -> Point {
        let layout = Layout::queue(NonZeroUsize::new(requests).unwrap(), None);
        let report = |ok| {
            let failed = requests - ok;
            report_with(&json!({
                "requests": requests, "ok": ok, "failed": failed, "elapsed_s": 3.0,
                "ideal_s": ideal_s, "concurrency": requests, "shape": layout,
                "errors": [{ "kind": "refused", "count": failed, "advice": "" }],
            }))
        };
        let mut run = Run::unmeasured("async".to_owned(), "async".to_owned(), None);
        run.report = ok.map(report);
        run.problem = ok.is_none().then(|| "it ended with SIGKILL".to_owned());
        Point { requests, ideal_s, run: Some(run), ..Point::default() }
    }

    fn sentence_on(points: &[Point]) -> String {
        let knee = Knee::of(points);
        knee.as_ref().map_or_else(|| keeps(points), |knee| leaves(points, knee))
    }

    #[test]
    fn a_client_that_left_no_report_did_not_keep_to_its_ideal() {
        let points = [point(10, Some(10), Some(3.0)), point(100, None, Some(3.0))];
        assert_eq!(
            sentence_on(&points),
            "leaves its ideal at 100 requests: it left no report, it ended with SIGKILL"
        );
        let kept = "keeps to its ideal up to 10 requests: only the waiting costs";
        assert_eq!(sentence_on(&points[..1]), kept);
    }

    #[test]
    fn a_client_that_is_faster_than_was_assumed_does_not_keep_to_that() {
        let mut point = point(10, Some(10), Some(4.0));
        let report = point.run.as_mut().unwrap().report.as_mut().unwrap();
        report.assumed_delay_ms = Some(4000.0);
        report.errors.clear();
        assert_eq!(
            sentence_on(&[point]),
            "takes less than the ideal that was assumed at 10 requests: the server's delay is \
             shorter than assumed"
        );
    }

    #[test]
    fn a_client_that_failed_is_told_so_also_where_the_ideal_is_unknown() {
        let points = [point(10, Some(10), None), point(100, Some(30), None)];
        assert_eq!(
            sentence_on(&points),
            "leaves its ideal at 100 requests: not all got the page (70 refused)"
        );
        assert!(sentence_on(&points[..1]).starts_with("its ideal is unknown"));
        let points = [point(10, Some(10), Some(3.0)), point(100, Some(100), None)];
        let said = sentence_on(&points);
        assert!(said.contains("up to 10 requests"), "{said}");
        assert!(said.contains("from 100 on its ideal is unknown"), "{said}");
    }
}
