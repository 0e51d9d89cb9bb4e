//! What the server counted beside what the strategy promises and the client sent.

use client_core::Report;
use client_core::model::ServerLimit;
use slow_server::Counts;
use units::{Localized, localized};

/// Where the server saw something else than the strategy and the limit promise.
pub(super) fn disagreement(
    report: &Report,
    counts: &Counts,
    limit: Option<ServerLimit>,
    seats: Option<usize>,
) -> Option<Localized> {
    let slots = report.layout.concurrency().get().min(report.requests);
    let promised = limit.map_or(slots, |limit| slots.min(limit.places.get()));
    let seen = counts.peak_in_flight;
    if seen == promised {
        return None;
    }
    let Localized { en, zh } = match seats {
        Some(seats) if seats < promised => localized!(
            ", since it accepts at most {seats} connections",
            "，因为它最多接受 {seats} 个连接",
        ),
        _ if seen < promised && report.is_whole() => localized!(
            ", since the first responses came before the last request was sent",
            "，因为最后一个请求还没发出，最早的响应就已经回来了",
        ),
        _ => localized!("", ""),
    };
    Some(localized!(
        "the server had at most {seen} in flight, not {promised}{en}",
        "服务器最多有 {seen} 个在途，而不是 {promised} 个{zh}",
    ))
}

/// What was sent more than once.
pub(super) fn retried(report: &Report) -> Option<Localized> {
    let retried = report.retried;
    let Localized { en, zh } = report.why_retried()?;
    Some(localized!("{retried} sent again: {en}", "{retried} 个请求被重发：{zh}"))
}

/// Where the server received more requests than were sent, or fewer than got a response. One
/// that was sent again may have arrived once or twice.
pub(super) fn miscount(report: &Report, counts: &Counts) -> Option<Localized> {
    let sent = report.requests - report.not_sent + report.retried;
    let statuses = report.errors.iter().filter(|e| e.kind.starts_with("status-"));
    let responses = report.ok + statuses.map(|error| error.count).sum::<usize>();
    let received = counts.received;
    (received > sent || received < responses).then(|| {
        localized!(
            "the server received {received} requests, not {sent}",
            "服务器收到 {received} 个请求，而不是 {sent} 个",
        )
    })
}

/// The requests without a page, each with one reason.
pub(super) fn unanswered(report: &Report) -> Option<Localized> {
    let requests = report.requests;
    let missing = requests - report.ok;
    // Where there was no server, its absence is the reason why nothing was sent.
    let explained: usize = report.errors.iter().map(|error| error.count).sum();
    let not_sent = missing.saturating_sub(explained);
    let reasons = |not_sent_is, separator| {
        let errors = report.errors.iter().map(|error| (error.count, &*error.kind));
        let not_sent = (not_sent > 0).then_some((not_sent, not_sent_is));
        let all =
            errors.chain(not_sent).map(|(count, kind)| format!("{count} {kind}"));
        all.collect::<Vec<_>>().join(separator)
    };
    let (en, zh) = (reasons("not sent", ", "), reasons("未发出", "，"));
    (missing > 0).then(|| {
        localized!(
            "{missing} of {requests} got no page ({en})",
            "{requests} 个请求中有 {missing} 个没有得到页面（{zh}）",
        )
    })
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use client_core::Layout;
    use serde_json::json;

    use super::*;
    use crate::result::report_with as report;

    #[test]
    fn each_request_without_a_page_has_one_reason() {
        let error =
            |count| json!([{ "kind": "refused", "count": count, "advice": "" }]);
        let some =
            json!({ "ok": 5, "failed": 2, "not_sent": 3, "errors": error(2) });
        let some = unanswered(&report(&some)).unwrap();
        assert_eq!(some.en, "5 of 10 got no page (2 refused, 3 not sent)");
        assert_eq!(some.zh, "10 个请求中有 5 个没有得到页面（2 refused，3 未发出）");
        let none = json!({ "ok": 0, "not_sent": 10, "errors": error(10) });
        let none = unanswered(&report(&none)).unwrap();
        assert_eq!(none.en, "10 of 10 got no page (10 refused)");
        assert_eq!(unanswered(&report(&json!({}))), None);
    }

    #[test]
    fn what_the_server_received_is_compared_with_what_was_sent() {
        let said = |retried, received| {
            let report = report(&json!({ "retried": retried }));
            let counts = Counts { received, ..Counts::default() };
            miscount(&report, &counts).map(|said| said.en)
        };
        assert_eq!(said(0, 10), None);
        assert_eq!(said(0, 11).unwrap(), "the server received 11 requests, not 10");
        assert_eq!(said(0, 9).unwrap(), "the server received 9 requests, not 10");
        // Each of the two arrived once, or its first sending as well.
        assert_eq!(
            [10, 11, 12].map(|received| said(2, received)),
            [None, None, None]
        );
        assert_eq!(said(2, 13).unwrap(), "the server received 13 requests, not 12");
    }

    #[test]
    fn where_the_server_saw_less_it_is_said_why() {
        let ten = NonZeroUsize::new(10).unwrap();
        let report = report(&json!({ "shape": Layout::queue(ten, None) }));
        let seen = |peak_in_flight, seats| {
            let counts = Counts { peak_in_flight, ..Counts::default() };
            disagreement(&report, &counts, None, seats).map(|said| said.en)
        };
        assert_eq!(seen(10, Some(5)), None);
        let full = seen(5, Some(5)).unwrap();
        assert!(
            full.ends_with("not 10, since it accepts at most 5 connections"),
            "{full}"
        );
        for seats in [Some(10), None] {
            let late = seen(9, seats).unwrap();
            assert!(late.contains("since the first responses came"), "{late}");
        }
    }
}
