//! The sentence for each client of a sweep: where it leaves its ideal, and why.

use units::{Localized, localized};

use super::{overhead, reason};
use crate::result::knee::{Cause, Knee};
use crate::result::point::Point;

/// One sentence on how far a client keeps to its ideal, and on what it is stopped by.
pub(crate) fn sentence(points: &[Point], knee: Option<&Knee>) -> Localized {
    let mut parts = vec![match knee {
        Some(knee) => leaves(points, knee),
        None => keeps(points),
    }];
    let skipped = points
        .iter()
        .find_map(|point| Some((point.requests, point.skipped.as_ref()?)));
    if let Some((requests, Localized { en, zh })) = skipped {
        parts.push(localized!(
            "left out from {requests} on: {en}",
            "从 {requests} 个请求起略去：{zh}",
        ));
    }
    let Localized { en, zh } = Localized::join(parts);
    localized!("{en}.", "{zh}。")
}

/// For runs of which all were whole and none late.
fn keeps(points: &[Point]) -> Localized {
    const UNKNOWN: Localized<&str> = Localized {
        en: "ideal is unknown: the server does not report all delays",
        zh: "理想用时未知：服务器没有说明全部延迟",
    };
    let Localized { en: what, zh: what_zh } = ideal(points);
    let Localized { en: unknown_en, zh: unknown_zh } = UNKNOWN;
    let shown = || points.iter().filter(|point| point.is_shown());
    let unknown = shown().find(|point| point.ideal_s.is_none());
    let Some(last) = shown().rfind(|point| point.ideal_s.is_some()) else {
        return if unknown.is_some() {
            localized!("its {unknown_en}", "其{unknown_zh}")
        } else {
            Localized::new("did not run at any size", "在任何请求数下都没有运行")
        };
    };
    let early = shown().find(|point| {
        let assumed = point.report().filter(|run| run.assumed_delay_ms.is_some());
        assumed.is_some_and(|report| super::early(report).is_some())
    });
    if let Some(&Point { requests, .. }) = early {
        let at = units::count(requests, "request");
        return localized!(
            "takes less than {what} at {at}: the server's delay is shorter than assumed",
            "在 {requests} 个请求时比{what_zh}还短：服务器的延迟比假定的短",
        );
    }
    let requests = last.requests;
    let up_to = units::count(requests, "request");
    let Localized { en, zh } = localized!(
        "keeps to {what} up to {up_to}: only waiting takes time",
        "直到 {requests} 个请求都与{what_zh}相符：只有等待花时间",
    );
    match unknown {
        Some(&Point { requests, .. }) => localized!(
            "{en}; from {requests} on its {unknown_en}",
            "{zh}；从 {requests} 个请求起{unknown_zh}",
        ),
        None => Localized { en, zh },
    }
}

fn leaves(points: &[Point], knee: &Knee) -> Localized {
    let &Knee { requests, cause, .. } = knee;
    let Localized { en: what, zh: what_zh } = ideal(points);
    let count = units::count(requests, "request");
    let from = localized!(
        "falls behind {what} from {count} on",
        "从 {requests} 个请求起偏离{what_zh}"
    );
    let at = points.iter().find(|point| point.requests == requests);
    let Some(run) = at.and_then(|point| point.run.as_ref()) else {
        return from;
    };
    let Localized { en: from, zh: from_zh } = from;
    let Some(report) = &run.report else {
        let Localized { en: why, zh: why_zh } = reason(run.problem.as_ref());
        return localized!(
            "{from}: it left no report: {why}",
            "{from_zh}：它没有给出报告：{why_zh}",
        );
    };
    if cause == Cause::Failures {
        let errors = report.errors.iter();
        let errors: Vec<_> = errors
            .map(|error| Localized::same(format!("{} {}", error.count, error.kind)))
            .collect();
        let Localized { en, zh } = Localized::list(errors);
        return localized!(
            "{from}: not all got the page ({en})",
            "{from_zh}：并非全部得到页面（{zh}）",
        );
    }
    let Some(overhead) = &run.overhead else {
        return Localized { en: from, zh: from_zh };
    };
    let Localized { en, zh } =
        overhead::sentence(report, &run.conditions, overhead, false);
    localized!("{from}, {en}", "{from_zh}，{zh}")
}

/// What the runs are held against.
fn ideal(points: &[Point]) -> Localized<&'static str> {
    let mut reports = points.iter().filter_map(Point::report);
    if reports.any(|report| report.assumed_delay_ms.is_some()) {
        Localized { en: "the assumed ideal", zh: "假定的理想用时" }
    } else {
        Localized { en: "its ideal", zh: "理想用时" }
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
        run.problem = ok.is_none().then(|| Localized::same("it ended with SIGKILL"));
        Point { requests, ideal_s, run: Some(run), ..Point::default() }
    }

    fn sentence_on(points: &[Point]) -> String {
        let knee = Knee::of(points);
        let said =
            knee.as_ref().map_or_else(|| keeps(points), |knee| leaves(points, knee));
        let numbers = |text: &str| text.replace(|c: char| !c.is_ascii_digit(), " ");
        let [en, zh] = [&said.en, &said.zh].map(|text| numbers(text));
        assert!(en.split_whitespace().eq(zh.split_whitespace()), "{said:?}");
        said.en
    }

    #[test]
    fn a_client_that_left_no_report_did_not_keep_to_its_ideal() {
        let points = [point(10, Some(10), Some(3.0)), point(100, None, Some(3.0))];
        assert_eq!(
            sentence_on(&points),
            "falls behind its ideal from 100 requests on: it left no report: it ended with SIGKILL"
        );
        let kept = "keeps to its ideal up to 10 requests: only waiting takes time";
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
            "takes less than the assumed ideal at 10 requests: the server's delay is \
             shorter than assumed"
        );
    }

    #[test]
    fn a_client_that_failed_is_told_so_also_where_the_ideal_is_unknown() {
        let points = [point(10, Some(10), None), point(100, Some(30), None)];
        assert_eq!(
            sentence_on(&points),
            "falls behind its ideal from 100 requests on: not all got the page (70 refused)"
        );
        assert!(sentence_on(&points[..1]).starts_with("its ideal is unknown"));
        let points = [point(10, Some(10), Some(3.0)), point(100, Some(100), None)];
        let said = sentence_on(&points);
        assert!(said.contains("up to 10 requests"), "{said}");
        assert!(said.contains("from 100 on its ideal is unknown"), "{said}");
    }
}
