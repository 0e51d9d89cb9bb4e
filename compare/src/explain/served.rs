//! The sentences on a run of a duration: what its slots did for so long, and why it served
//! fewer requests than its ideal.

use std::time::Duration;

use client_core::{Layout, Report};
use units::{Localized, localized};

use super::overhead::{others, time};
use super::waves::{DelayKind, most_slots};
use crate::result::conditions::Conditions;
use crate::result::critical_path::extra_s;

/// A loss that is a smaller share of all of them is not worth a word.
const WORTH_A_WORD: f64 = 0.1;

/// What the slots did for all of the time, as far as the layout alone decides it.
pub(super) fn slots(
    layout: &Layout,
    duration: Duration,
    delay: DelayKind,
) -> Localized {
    let slots = layout.concurrency().get();
    let lasts = units::duration(duration);
    let Localized { en, zh } = match layout.partitions() {
        _ if slots == 1 => localized!(
            "one request after another for {lasts}",
            "在 {lasts} 内逐个发送请求",
        ),
        [_] => localized!(
            "{slots} requests in flight for {lasts}",
            "在 {lasts} 内始终有 {slots} 个请求在途",
        ),
        partitions => {
            let (runtimes, most) = (partitions.len(), most_slots(layout));
            localized!(
                "{runtimes} runtimes with up to {most} requests in flight each, {slots} in all, \
                 for {lasts}",
                "在 {lasts} 内由 {runtimes} 个运行时发送请求，每个最多 {most} 个在途，\
                 共 {slots} 个",
            )
        }
    };
    let waits = match delay {
        DelayKind::Takes(delay) if !delay.is_zero() => {
            let number = duration.as_nanos().div_ceil(delay.as_nanos());
            let delay = units::duration(delay);
            let (plural, each_zh) =
                if number == 1 { ("", "") } else { ("s", "每轮 ") };
            localized!(
                ": ideally {number} wave{plural} of {delay}",
                "：理想是 {number} 轮，{each_zh}{delay}",
            )
        }
        // It has any number of waves.
        DelayKind::Takes(_) => localized!("", ""),
        other => other.sentence_part(usize::MAX),
    };
    let chunk = layout.chunk().get();
    let chunks = if chunk > 1 {
        localized!(
            "; chunks of {chunk} cost no time, since there is always another request",
            "；分块（每块 {chunk} 个）不增加用时，因为总有下一个请求",
        )
    } else {
        localized!("", "")
    };
    Localized { en: en + &waits.en + &chunks.en, zh: zh + &waits.zh + &chunks.zh }
}

/// How many requests were served, of how many, and why not more; `None` where there is no
/// ideal.
pub(super) fn sentence(
    report: &Report,
    conditions: &Conditions,
) -> Option<Localized> {
    let duration_s = report.duration_s?;
    let (served, ideal) = (report.ok, report.ideal_requests?);
    if report.was_stopped() {
        let after = time(report.elapsed_s.min(duration_s));
        return Some(localized!(
            "stopped after {after}, when {served} of {ideal} were served",
            "{after} 后中止，{ideal} 个中完成了 {served} 个",
        ));
    }
    let Some(fewer) = ideal.checked_sub(served) else {
        return Some(more(report, served, ideal));
    };
    if fewer == 0 {
        return Some(localized!("served all {ideal}", "{ideal} 个全部完成"));
    }
    let losses = Losses::of(report, duration_s);
    let reasons =
        losses.map_or(Vec::new(), |losses| losses.reasons(report, conditions));
    let (en, zh) = if reasons.is_empty() {
        (String::new(), String::new())
    } else {
        let en: Vec<_> = reasons.iter().map(|reason| &*reason.en).collect();
        let zh: Vec<_> = reasons.iter().map(|reason| &*reason.zh).collect();
        (format!(", since {}", en.join(", ")), format!("，因为{}", zh.join("，")))
    };
    Some(localized!(
        "served {served} of {ideal}: {fewer} fewer{en}",
        "实际完成 {served} 个，比理想的 {ideal} 个少 {fewer} 个{zh}",
    ))
}

/// With delays of their own, the number depends on who comes first.
fn more(report: &Report, served: usize, ideal: usize) -> Localized {
    let Localized { en, zh } = if report.assumed_delay_ms.is_some() {
        localized!(
            "the server's delay is shorter than assumed",
            "服务器的延迟比假定的短"
        )
    } else {
        localized!(
            "the ideal assumes that the requests reach the server in the order of their \
             numbers",
            "理想值假定请求按编号顺序到达服务器",
        )
    };
    localized!(
        "served {served}, more than its ideal of {ideal}: {en}",
        "完成了 {served} 个，多于理想的 {ideal} 个：{zh}",
    )
}

/// For what a slot had to spend time that the ideal does not, in seconds.
struct Losses {
    // Until the first request was begun.
    start: f64,
    // Of each request, beyond its delay.
    extra: f64,
    // From the end of a request to the next one.
    gap: f64,
    // All of it, for each slot.
    all: f64,
}

impl Losses {
    /// `None` where nothing was begun, or the server does not tell its times.
    fn of(report: &Report, duration_s: f64) -> Option<Self> {
        let slots = report.concurrency as f64;
        let each_slot = report.requests as f64 / slots;
        if let Some(assumed_ms) = report.assumed_delay_ms {
            // The middle response stands for all of them.
            let extra = (report.latency_ms?.p50 - assumed_ms).max(0.0) / 1e3;
            let all = extra * each_slot;
            return Some(Self { start: 0.0, extra, gap: 0.0, all });
        }
        let rows = &report.outcomes;
        let start = rows.iter().map(|row| row.start_us).min()? as f64 / 1e6;
        let beyond: Vec<_> = rows.iter().filter_map(extra_s).collect();
        if beyond.is_empty() {
            return None;
        }
        let extra = beyond.iter().sum::<f64>() / beyond.len() as f64;
        let busy = rows.iter().map(|row| {
            let [begun, ended] =
                [row.start_us, row.end_us].map(|us| us as f64 / 1e6);
            (ended.min(duration_s) - begun).max(0.0)
        });
        let idle = slots * (duration_s - start) - busy.sum::<f64>();
        // Which is in the ideal as well.
        let work = report.cpu_work_ms.unwrap_or(0.0) / 1e3;
        let gap = (idle / rows.len() as f64 - work).max(0.0);
        let all = start + (extra + gap) * each_slot;
        Some(Self { start, extra, gap, all })
    }

    /// Those that matter, the one of each request first.
    fn reasons(&self, report: &Report, conditions: &Conditions) -> Vec<Localized> {
        let each_slot = report.requests as f64 / report.concurrency as f64;
        let matters = |seconds: f64| seconds > WORTH_A_WORD * self.all;
        let mut reasons = Vec::new();
        if matters(self.extra * each_slot) {
            let extra = time(self.extra);
            let Localized { en, zh } = if report.assumed_delay_ms.is_some() {
                localized!("the assumed delay", "假定的延迟")
            } else {
                localized!("its delay", "延迟")
            };
            reasons.push(localized!(
                "each request took {extra} beyond {en}",
                "每个请求比{zh}多用 {extra}",
            ));
        }
        if matters(self.gap * each_slot) {
            let gap = time(self.gap);
            reasons.push(localized!(
                "the next request was sent {gap} later",
                "客户端隔 {gap} 才发出下一个请求",
            ));
        }
        if matters(self.start) {
            let start = time(self.start);
            reasons.push(localized!(
                "the first request was sent after {start}",
                "第一个请求在 {start} 后才发出",
            ));
        }
        if let Some(busy) = conditions.busy(report) {
            let Localized { en, zh } = others(busy, conditions);
            reasons.push(localized!("while {en}", "其间{zh}"));
        }
        reasons
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use serde_json::{Value, json};

    use super::*;
    use crate::explain::numbers;
    use crate::result::{report_with, row};

    fn n(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).unwrap()
    }

    /// One after another for a second: 105 ms each after the first 20 ms, and 3 ms between them.
    fn ten_but_one(changes: &Value) -> Report {
        let rows: Vec<_> = (0..9)
            .map(|index| {
                row(index, 20 + 108 * index as u64, 125 + 108 * index as u64)
            })
            .collect();
        let mut fields = json!({
            "requests": 9, "ok": 9, "elapsed_s": 1.0, "duration_s": 1.0,
            "ideal_requests": 10, "outcomes": rows,
        });
        let fields_of = fields.as_object_mut().unwrap();
        fields_of.extend(changes.as_object().unwrap().clone());
        report_with(&fields)
    }

    fn said(changes: &Value) -> Option<Localized> {
        let said = sentence(&ten_but_one(changes), &Conditions::default())?;
        assert_eq!(numbers(&said.en), numbers(&said.zh), "{said:?}");
        Some(said)
    }

    #[test]
    fn what_is_missing_has_its_reasons() {
        let fewer = said(&json!({})).unwrap().en;
        assert_eq!(
            fewer,
            "served 9 of 10: 1 fewer, since each request took 5.0 ms beyond its delay, the \
             next request was sent 3.9 ms later, the first request was sent after 20 ms"
        );
        // Only counted: nothing is known but the number.
        let counted = said(&json!({ "outcomes": [] })).unwrap().en;
        assert_eq!(counted, "served 9 of 10: 1 fewer");
        let latency = json!({ "min": 101.0, "p50": 110.0, "p90": 1.0, "p99": 1.0, "max": 1.0 });
        let assumed = json!({ "assumed_delay_ms": 100.0, "latency_ms": latency });
        let assumed = said(&assumed).unwrap().en;
        let each = "since each request took 10 ms beyond the assumed delay";
        assert!(assumed.ends_with(each), "{assumed}");
    }

    #[test]
    fn nothing_is_missing_of_what_is_whole_or_has_no_ideal() {
        let of = |ideal: Option<usize>| {
            said(&json!({ "ideal_requests": ideal })).map(|said| said.en)
        };
        assert_eq!(of(None), None);
        assert_eq!(of(Some(9)).unwrap(), "served all 9");
        assert!(
            of(Some(8)).unwrap().starts_with("served 9, more than its ideal of 8: ")
        );
        let stopped = said(&json!({ "elapsed_s": 0.99 })).unwrap().en;
        assert_eq!(stopped, "stopped after 990 ms, when 9 of 10 were served");
    }

    #[test]
    fn slots_are_busy_for_all_of_the_time() {
        let of = |layout: &Layout, delay| {
            let said = slots(layout, Duration::from_secs(10), delay);
            assert_eq!(numbers(&said.en), numbers(&said.zh), "{said:?}");
            said.en
        };
        let each = DelayKind::Takes(Duration::from_secs(3));
        let sync = Layout::one_by_one(NonZeroUsize::MAX);
        assert_eq!(
            of(&sync, each),
            "one request after another for 10 s: ideally 4 waves of 3 s"
        );
        assert_eq!(
            of(&Layout::pool(NonZeroUsize::MAX, n(8), n(4)), each),
            "8 requests in flight for 10 s: ideally 4 waves of 3 s; chunks of 4 cost no time, since \
             there is always another request"
        );
        let hybrid = Layout::partitioned(NonZeroUsize::MAX, n(2), Some(n(9)));
        assert_eq!(
            of(&hybrid, DelayKind::Varies),
            "2 runtimes with up to 5 requests in flight each, 9 in all, for 10 s, each request \
             with its own delay"
        );
        // A server that takes no time has no waits.
        let none = DelayKind::Takes(Duration::ZERO);
        assert_eq!(of(&sync, none), "one request after another for 10 s");
    }
}
