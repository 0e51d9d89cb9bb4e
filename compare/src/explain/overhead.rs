//! The sentence on why a run took longer than its ideal: the only place where that is said, of
//! a comparison and of a sweep.

use client_core::Report;
use client_core::settings::layout::WorkerKind;
use units::{Localized, localized};

use crate::result::conditions::{Busy, Conditions};
use crate::result::overhead::{Overhead, Part, PartKind};

/// How much longer, and what of it is explained by what was measured, or `elsewhere`.
pub(crate) fn sentence(
    report: &Report,
    conditions: &Conditions,
    overhead: &Overhead,
    elsewhere: bool,
) -> Localized {
    let total = time(overhead.seconds);
    if report.assumed_delay_ms.is_some() {
        return localized!(
            "{total} over the assumed ideal",
            "比假定的理想多 {total}",
        );
    }
    let parts = overhead.parts.iter();
    let mut parts: Vec<_> =
        parts.map(|part| of_part(part, report, conditions)).collect();
    if let Some(seconds) = overhead.unexplained_s().filter(|_| !elsewhere) {
        parts.push(unexplained(seconds, overhead));
    }
    // It makes all of this slower, also where it is no part of its own.
    if let Some(busy) = overhead.busy
        && !overhead.parts.iter().any(|part| part.kind == PartKind::Busy(busy))
    {
        let Localized { en, zh } = others(busy, conditions);
        parts.push(localized!("while {en}", "其间{zh}"));
    }
    if overhead.paused_s > 0.0 {
        parts.push(paused(overhead.paused_s, conditions));
    }
    if parts.is_empty() {
        return localized!("{total} over the ideal", "比理想多 {total}");
    }
    let en: Vec<_> = parts.iter().map(|part| &*part.en).collect();
    let zh: Vec<_> = parts.iter().map(|part| &*part.zh).collect();
    let (en, zh) = (en.join(", "), zh.join("，"));
    localized!("{total} over the ideal: {en}", "比理想多 {total}：{zh}")
}

/// A length as a person says it: `1.2 ms`, `213 ms`, `1.04 s`.
pub(super) fn time(seconds: f64) -> String {
    units::difference(seconds).trim_start_matches('+').to_owned()
}

/// Who else used the machine.
pub(crate) fn others(
    Busy { used, cpus }: Busy,
    conditions: &Conditions,
) -> Localized {
    let Localized { en, zh } = who_else(conditions);
    let cpus_en = units::count(cpus, "CPU");
    localized!(
        "{en} used {used:.1} of the machine's {cpus_en}",
        "{zh}用了这台机器 {cpus} 个 CPU 中的 {used:.1} 个",
    )
}

/// All programs but the client and compare.
pub(super) fn who_else(conditions: &Conditions) -> Localized {
    if conditions.has_server {
        localized!("other programs", "其他程序")
    } else {
        localized!(
            "other programs, such as a server on this machine,",
            "其他程序（例如本机上的服务器）"
        )
    }
}

/// How much of a pause cost time is not known: it may lie inside a delay.
fn paused(seconds: f64, conditions: &Conditions) -> Localized {
    let seconds = time(seconds);
    if conditions.has_server {
        localized!(
            "meanwhile the client or compare was paused for {seconds}",
            "其间客户端或 compare 暂停了 {seconds}",
        )
    } else {
        localized!(
            "meanwhile the client was paused for {seconds}",
            "其间客户端暂停了 {seconds}",
        )
    }
}

fn unexplained(seconds: f64, overhead: &Overhead) -> Localized {
    if overhead.parts.is_empty() {
        return localized!(
            "unexplained by what was measured",
            "从测得的数据看不出原因",
        );
    }
    let rest = time(seconds);
    localized!("{rest} unexplained", "另有 {rest} 原因不明")
}

fn of_part(part: &Part, report: &Report, conditions: &Conditions) -> Localized {
    let seconds = time(part.seconds);
    match &part.kind {
        PartKind::Start => {
            let Localized { en, zh } = what_starts(report);
            localized!("{seconds} to start {en}", "{seconds} 用于启动{zh}")
        }
        PartKind::End => localized!(
            "{seconds} to close down after the last response",
            "{seconds} 用于最后一个响应之后的收尾",
        ),
        PartKind::Order => localized!(
            "{seconds} because long delays followed one another, in a different order from \
             the ideal's",
            "{seconds} 是因为较长的延迟接连出现，顺序与理想的不同",
        ),
        PartKind::SlowRequest { index, retried } => {
            let Localized { en, zh } = if *retried {
                localized!(", which was sent twice", "（它重发过一次）")
            } else {
                localized!("", "")
            };
            localized!(
                "{seconds} that request {index} alone took beyond its delay{en}",
                "仅请求 {index} 就在延迟之外多用了 {seconds}{zh}",
            )
        }
        PartKind::Timer { waits } => {
            let each = time(part.seconds / waits);
            localized!(
                "{seconds} of the server's timer, which fires about {each} late in each of \
                 {waits:.0} waves",
                "{seconds} 来自服务器定时器的精度（每轮约多等 {each}，共 {waits:.0} 轮）",
            )
        }
        PartKind::Cpu { client_us, server_us } => {
            let cores = report.usage.cores;
            let cpus = units::count(cores, "CPU");
            let server = match server_us {
                Some(us) => {
                    localized!(
                        " and {us:.0} µs of the server",
                        "、服务器 {us:.0} µs"
                    )
                }
                None => localized!("", ""),
            };
            let Localized { en, zh } = server;
            localized!(
                "{seconds} of CPU time (each request takes {client_us:.0} µs of the \
                 client{en}, on {cpus})",
                "{seconds} 花在 CPU 上（共 {cores} 个 CPU，每个请求占用客户端 \
                 {client_us:.0} µs{zh} 的 CPU 时间）",
            )
        }
        PartKind::Steal => localized!(
            "{seconds} during which the host of this virtual machine gave its CPUs to others \
             (steal)",
            "有 {seconds} 宿主机把 CPU 分给了其他虚拟机（steal）",
        ),
        PartKind::Memory => localized!(
            "{seconds} of waiting for memory, which is scarce",
            "{seconds} 在等待内存，内存不足",
        ),
        PartKind::Busy(busy) => {
            let Localized { en, zh } = others(*busy, conditions);
            localized!(
                "{seconds} of waiting for a CPU, since {en}",
                "{seconds} 在等 CPU，因为{zh}",
            )
        }
        PartKind::Elsewhere => localized!(
            "{seconds} in the server or the network",
            "{seconds} 花在服务器或网络上",
        ),
    }
}

/// What a client makes before its first request.
fn what_starts(report: &Report) -> Localized {
    let threads = report.layout.threads();
    let runtimes = report.layout.partitions().len();
    match report.layout.worker_kind() {
        WorkerKind::Thread if threads == 1 => {
            localized!("its HTTP client", "它的 HTTP 客户端")
        }
        WorkerKind::Thread => localized!(
            "its HTTP client and {threads} threads",
            "它的 HTTP 客户端和 {threads} 个线程",
        ),
        WorkerKind::Runtime if runtimes == 1 => {
            localized!("its runtime and HTTP client", "它的运行时和 HTTP 客户端")
        }
        WorkerKind::Runtime => localized!(
            "{runtimes} runtimes with an HTTP client each",
            " {runtimes} 个运行时，每个带一个 HTTP 客户端",
        ),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::numbers;
    use super::*;
    use crate::result::report_with;

    fn said(
        parts: &[(f64, PartKind)],
        rest_s: f64,
        busy: Option<Busy>,
    ) -> Localized {
        let parts = parts
            .iter()
            .map(|(seconds, kind)| Part { seconds: *seconds, kind: kind.clone() });
        let parts = parts.collect();
        let overhead =
            Overhead { seconds: 0.353, parts, rest_s, busy, paused_s: 0.0 };
        let conditions = Conditions { has_server: true, ..Conditions::default() };
        sentence(&report_with(&json!({})), &conditions, &overhead, false)
    }

    #[test]
    fn each_part_has_its_time_and_what_is_left_is_said_to_be_left() {
        let cpu = PartKind::Cpu { client_us: 254.0, server_us: Some(182.0) };
        let timer = PartKind::Timer { waits: 100.0 };
        let all = said(&[(0.11, timer), (0.2, cpu)], 0.1, None);
        assert_eq!(
            all.en,
            "353 ms over the ideal: 110 ms of the server's timer, which fires \
             about 1.1 ms late in each of 100 waves, 200 ms of CPU time (each request takes \
             254 µs of the client and 182 µs of the server, on 2 CPUs), 100 ms unexplained"
        );
        let none = said(&[], 0.353, None);
        assert_eq!(
            none.en,
            "353 ms over the ideal: unexplained by what was measured"
        );
        let (seconds, rest_s) = (0.353, 0.353);
        let parts = Vec::new();
        let late = Overhead { seconds, parts, rest_s, busy: None, paused_s: 0.0 };
        let conditions = Conditions { has_server: true, ..Conditions::default() };
        let retried = sentence(&report_with(&json!({})), &conditions, &late, true);
        assert_eq!(retried.en, "353 ms over the ideal");
    }

    #[test]
    fn a_pause_is_told_beside_the_parts_of_whom_it_made_late() {
        let said = |has_server, parts: &[Part], paused_s| {
            let (seconds, parts) = (2.0, parts.to_vec());
            let spent_s: f64 = parts.iter().map(|part| part.seconds).sum();
            let rest_s = seconds - spent_s;
            let overhead = Overhead { seconds, parts, rest_s, busy: None, paused_s };
            let conditions = Conditions { has_server, ..Conditions::default() };
            let report = report_with(&json!({}));
            let said = sentence(&report, &conditions, &overhead, false);
            assert_eq!(numbers(&said.en), numbers(&said.zh));
            said.en
        };
        assert_eq!(
            said(false, &[], 3.0),
            "2.00 s over the ideal: meanwhile the client was paused for 3.00 s"
        );
        let end = Part { seconds: 0.5, kind: PartKind::Memory };
        assert_eq!(
            said(true, &[end], 0.9),
            "2.00 s over the ideal: 500 ms of waiting for memory, which is scarce, 600 ms \
             unexplained, meanwhile the client or compare was paused for 900 ms"
        );
    }

    #[test]
    fn a_busy_machine_is_told_once() {
        let busy = Busy { used: 1.63, cpus: 2 };
        let others = "other programs used 1.6 of the machine's 2 CPUs";
        let part = said(&[(0.3, PartKind::Busy(busy))], 0.0, Some(busy));
        let since = format!("300 ms of waiting for a CPU, since {others}");
        assert_eq!(part.en, format!("353 ms over the ideal: {since}"));
        let beside = said(&[(0.353, PartKind::Start)], 0.0, Some(busy));
        assert!(
            beside.en.ends_with(&format!("HTTP client, while {others}")),
            "{beside:?}"
        );
    }

    proptest! {
        #[test]
        fn both_languages_name_the_same_numbers(
            seconds in 0.001..3.0_f64, waits in 1..200_u32, us in 1.0..999.0_f64,
            index in 0..100_usize, retried: bool, is_busy: bool,
        ) {
            let busy = Busy { used: 1.6, cpus: 2 };
            for kind in [
                PartKind::Start, PartKind::End, PartKind::Order,
                PartKind::SlowRequest { index, retried },
                PartKind::Timer { waits: waits.into() },
                PartKind::Cpu { client_us: us, server_us: (!retried).then_some(us) },
                PartKind::Steal, PartKind::Memory, PartKind::Busy(busy), PartKind::Elsewhere,
            ] {
                let Localized { en, zh } =
                    said(&[(seconds, kind)], seconds, is_busy.then_some(busy));
                prop_assert_eq!(numbers(&en), numbers(&zh), "{} {}", en, zh);
            }
        }
    }
}
