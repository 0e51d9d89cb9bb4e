//! One sentence for each client on why it took as long as it did.
//!
//! # Layout
//!
//! - `waves`, `served`: what the strategy sends, by number or for a duration
//! - `overhead`, `kernel`: what took time beyond the ideal
//! - `counted`: what the server counted beside what was sent
//! - `estimate`: what responses show of a server that tells no delay
//! - `foreign`: a program that is none of the clients
//! - `knee`: a client of a sweep
//! - `repeats`, `baseline`, `latency`: what such an option adds
//! - `remarks`: what is said of all rows together

pub(crate) mod baseline;
mod counted;
mod estimate;
pub(crate) mod foreign;
mod kernel;
pub(crate) mod knee;
pub(crate) mod latency;
pub(crate) mod overhead;
mod remarks;
pub(crate) mod repeats;
mod served;
mod waves;

use std::num::NonZeroUsize;
use std::time::Duration;

use client_core::model::{ServerLimit, WhenFull, makespan};
use client_core::server::{Server, ServerSettings};
use client_core::settings::workload::Workload;
use client_core::{Report, Transport};
use units::{Localized, localized};

use crate::result::comparison::Run;
use crate::result::overhead::Overhead;
use crate::statistics::noise;
use counted::{disagreement, miscount, retried, unanswered};
pub(crate) use remarks::{caveat::caveat, remarks};
use waves::{DelayKind, waves};

/// Above this share of the CPUs, a client is short of them.
const SHORT_OF_CPU: f64 = 0.9;

/// Seconds that no rounding makes.
const EARLY: f64 = 0.005;

/// Why a run took as long as it did: its waves, then what else took time.
pub(crate) fn sentence(
    report: &Report,
    run: &Run,
    asked_server: &Server,
    timeout: Duration,
) -> Localized {
    let (server, overhead) = (run.server.as_ref(), run.overhead.as_ref());
    let settings = asked_server.settings();
    let limit = settings.and_then(ServerSettings::limit);
    let delay = settings.and_then(ServerSettings::equal_delay);

    // Where requests share connections, they do not run out of them.
    let seats = settings.and_then(|settings| settings.connections);
    let seats = seats.filter(|_| report.connections.is_none());
    let delay = match delay {
        Some(delay) if delay > timeout => DelayKind::GivenUpAfter(timeout),
        Some(delay) => DelayKind::Takes(delay),
        None if settings.is_some() => DelayKind::Varies,
        None => DelayKind::Unknown,
    };
    // A number of waits is that of equal delays, which all are served.
    let limit_in_force =
        limit.filter(|limit| report.layout.concurrency() > limit.places);
    let is_counted = report.duration_s.is_none();
    let has_waves = is_counted && !matches!(delay, DelayKind::Varies);
    let of_server = has_waves.then_some(delay);
    // Where the server has a limit, the waves are its own.
    let of_client = match (limit_in_force, delay) {
        (
            Some(ServerLimit { when_full: WhenFull::Queue, .. }),
            DelayKind::Varies,
        )
        | (None, _) => delay,
        (Some(_), _) => DelayKind::Unknown,
    };

    let retries = run.kernel.and_then(|counts| kernel::sentence(report, counts));
    let has_retries = retries.is_some();
    let overhead_sentence = overhead.map(|overhead| {
        overhead::sentence(report, &run.conditions, overhead, has_retries)
    });
    let parts = [
        Some(strategy(report, of_client)),
        transport(report),
        settings.is_none().then(|| estimate::sentence(report)).flatten(),
        retries,
        limit.and_then(|limit| bottleneck(report, limit, of_server)),
        cpu_work(report),
        server.and_then(|counts| disagreement(report, counts, limit, seats)),
        retried(report),
        server.and_then(|counts| miscount(report, counts)),
        unanswered(report),
        early(report),
        served::sentence(report, &run.conditions),
        several_runtimes(report),
        overhead_sentence.or_else(|| within_noise(report)),
        short_of_cpu(report).filter(|_| !overhead.is_some_and(Overhead::has_cpu)),
    ];
    let Localized { en, zh } = Localized::join(parts.into_iter().flatten());
    localized!("{en}.", "{zh}。")
}

/// What the strategy sends, and in how many waves.
fn strategy(report: &Report, delay: DelayKind) -> Localized {
    let duration = report.duration_s.map(Duration::try_from_secs_f64);
    match duration {
        Some(Ok(duration)) => served::slots(&report.layout, duration, delay),
        Some(Err(_)) | None => waves(&report.layout, report.requests, delay),
    }
}

/// What is said of a client that left no report.
pub(crate) fn no_report(
    workload: Workload,
    problem: Option<&Localized>,
) -> Localized {
    let (all, all_zh) = match workload {
        Workload::Requests(requests) => {
            let all = units::count(requests.get(), "request");
            (all, format!("{requests} 个请求"))
        }
        Workload::Duration(_) => ("requests".to_owned(), "其请求".to_owned()),
    };
    let Localized { en: why, zh: why_zh } = reason(problem);
    localized!(
        "left no report, so its {all} are not accounted for: {why}.",
        "没有给出报告，{all_zh}的结果不明：{why_zh}。",
    )
}

/// What is said of a program that could not be run.
pub(crate) fn not_run(Localized { en, zh }: &Localized) -> Localized {
    localized!("could not be run: {en}.", "无法运行：{zh}。")
}

/// What went wrong, if that is known.
fn reason(problem: Option<&Localized>) -> Localized {
    let unknown = || localized!("the reason is unknown", "原因不明");
    problem.cloned().unwrap_or_else(unknown)
}

/// What carries the requests, where that is not the usual.
fn transport(report: &Report) -> Option<Localized> {
    let connections = report.connections.map_or(0, NonZeroUsize::get);
    let shared = units::count(connections, "connection");
    match report.transport? {
        Transport::Reqwest => None,
        Transport::Hyper => Some(localized!(
            "a bare hyper connection for each request",
            "每个请求直接使用一个 hyper 连接",
        )),
        Transport::ReqwestH2 => Some(localized!(
            "reqwest over HTTP/2, all on {shared}",
            "reqwest 使用 HTTP/2，共用 {connections} 个连接",
        )),
        Transport::H2 => Some(localized!(
            "bare HTTP/2, all on {shared}",
            "直接使用 HTTP/2，共用 {connections} 个连接",
        )),
    }
}

/// What several runtimes are for, said of a client that has them.
fn several_runtimes(report: &Report) -> Option<Localized> {
    let is_usual = report.transport.is_none_or(|it| it == Transport::Reqwest);
    let has_several = report.layout.partitions().len() > 1;
    let is_usual = is_usual && report.cpu_work_ms.is_none() && report.is_whole();
    (has_several && is_usual).then(|| {
        localized!(
            "several runtimes pay off only for a client that is short of CPU",
            "多个运行时只有在客户端的 CPU 不够用时才有好处",
        )
    })
}

/// Of an overhead that is more than nothing, and too little to look for its parts.
fn within_noise(report: &Report) -> Option<Localized> {
    let seconds = report.overhead_s()?;
    let is_worth_a_word =
        seconds > noise::SUPPOSED_S && report.assumed_delay_ms.is_none();
    is_worth_a_word.then(|| {
        let total = overhead::time(seconds);
        let percent = noise::SUPPOSED_SHARE * 100.0;
        localized!(
            "{total} over the ideal, less than {percent:.0} % of it: noise",
            "比理想多 {total}，不到理想的 {percent:.0} %，属于噪声",
        )
    })
}

/// What the server's own limit makes of it; `delay` is that of its waves, where they are equal.
fn bottleneck(
    report: &Report,
    limit: ServerLimit,
    delay: Option<DelayKind>,
) -> Option<Localized> {
    let (layout, places) = (&report.layout, limit.places.get());
    if layout.concurrency().get() <= places {
        return None;
    }
    Some(match (limit.when_full, delay) {
        (WhenFull::Queue, _) if report.timed_out > 0 => localized!(
            "the server serves {places} at a time, and requests that were queued too long \
             timed out",
            "服务器同时最多处理 {places} 个，排队太久的请求超时",
        ),
        (WhenFull::Queue, None) => localized!(
            "the server serves {places} at a time and is the bottleneck",
            "服务器同时最多处理 {places} 个，瓶颈在服务器",
        ),
        (WhenFull::Queue, Some(delay)) => {
            let seconds = makespan(layout, |_| Duration::from_secs(1), Some(limit));
            let number = usize::try_from(seconds.as_secs()).ok()?;
            let waves = units::count(number, "wave");
            let Localized { en, zh } = delay.sentence_part(number);
            localized!(
                "the server serves {places} at a time and is the bottleneck: {waves}{en}",
                "服务器同时最多处理 {places} 个，瓶颈在服务器：{number} 轮{zh}",
            )
        }
        (WhenFull::Reject, _) => localized!(
            "the server serves {places} at a time and rejects the others",
            "服务器同时最多处理 {places} 个，其余的被拒绝",
        ),
    })
}

/// What there was to compute, and how much of it at once.
fn cpu_work(report: &Report) -> Option<Localized> {
    let each_ms = report.cpu_work_ms?;
    let cores = report.usage.cores;
    let at_once = report.layout.computes_at_once(cores);
    let all_s = each_ms * report.ok as f64 / 1e3;
    let all = units::seconds(all_s);
    let share = units::seconds(all_s / at_once as f64);
    let cpus = units::count(cores, "CPU");
    Some(if at_once == 1 {
        localized!(
            "computing {each_ms} ms for each response takes {all}, all on one thread",
            "每个响应计算 {each_ms} ms，共 {all}，全在一个线程上",
        )
    } else {
        localized!(
            "computing {each_ms} ms for each response takes {all} of CPU time, which is {share} \
             on {at_once} of {cpus}",
            "每个响应计算 {each_ms} ms，共 {all} 的 CPU 时间，由 {cores} 个 CPU 中的 \
             {at_once} 个分担，需要 {share}",
        )
    })
}

/// With delays of their own and few places, the ideal depends on who comes first.
fn early(report: &Report) -> Option<Localized> {
    if report.overhead_s()? >= -EARLY {
        return None;
    }
    Some(if report.assumed_delay_ms.is_some() {
        localized!(
            "it took less than its ideal: the server's delay is shorter than assumed",
            "比理想用时还短：服务器的延迟比假定的短",
        )
    } else {
        localized!(
            "it took less than its ideal, which assumes that the requests reach the server \
             in the order of their numbers",
            "比理想用时还短：理想用时假定请求按编号顺序到达服务器",
        )
    })
}

fn short_of_cpu(report: &Report) -> Option<Localized> {
    let cores = report.usage.cores;
    let cpus = units::count(cores, "CPU");
    let share = report.usage.cpu_s? / (report.elapsed_s * cores as f64);
    let percent = share * 100.0;
    (share.is_finite() && share > SHORT_OF_CPU).then(|| {
        localized!(
            "it used {percent:.0} % of its {cpus}: CPU is the bottleneck, and not all of its \
             time is spent waiting",
            "它用掉了 {cores} 个 CPU 的 {percent:.0} %：CPU 是瓶颈，并非所有时间都在等待",
        )
    })
}

#[cfg(test)]
/// The numbers in a text, whatever stands between them.
fn numbers(text: &str) -> Vec<u64> {
    let digits = text.split(|c: char| !c.is_ascii_digit());
    let mut numbers: Vec<_> = digits.filter_map(|n| n.parse().ok()).collect();
    numbers.sort_unstable();
    numbers
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;
    use client_core::Layout;
    use proptest::prelude::*;
    use serde_json::json;

    use slow_server::Counts;

    use super::*;
    use crate::result::report_with as report;

    #[test]
    fn a_client_that_is_short_of_cpu_is_told_so() {
        assert_eq!(short_of_cpu(&report(&json!({ "cpu_s": 1.7 }))), None);
        let short = short_of_cpu(&report(&json!({ "cpu_s": 1.9 }))).unwrap();
        assert!(short.en.starts_with("it used 95 % of its 2 CPUs"), "{short:?}");
        assert!(short.zh.contains("2 个 CPU 的 95 %"), "{short:?}");
        assert_eq!(short_of_cpu(&report(&json!({ "cpu_s": null }))), None);
        // A run that never began has no time that it could be a share of.
        assert_eq!(short_of_cpu(&report(&json!({ "elapsed_s": 0.0 }))), None);
    }

    #[test]
    fn an_overhead_that_is_not_looked_into_is_said_to_be_noise() {
        let said = |elapsed_s| {
            let report = report(&json!({ "elapsed_s": elapsed_s }));
            within_noise(&report).map(|said| said.en)
        };
        assert_eq!(
            said(1.05).unwrap(),
            "50 ms over the ideal, less than 10 % of it: noise"
        );
        assert_eq!(said(1.01), None);
    }

    #[test]
    fn several_runtimes_are_said_to_be_for_a_client_that_lacks_cpu() {
        let ten = NonZeroUsize::new(10).unwrap();
        let two = NonZeroUsize::new(2).unwrap();
        let said = |layout: Layout, work: Option<f64>| {
            let report = report(&json!({ "shape": layout, "cpu_work_ms": work }));
            several_runtimes(&report).is_some()
        };
        assert!(said(Layout::partitioned(ten, two, None), None));
        assert!(!said(Layout::partitioned(ten, two, None), Some(1.0)));
        assert!(!said(Layout::queue(ten, None), None));
    }

    #[test]
    fn a_client_that_is_earlier_than_its_ideal_is_told_why() {
        let early = |elapsed_s| early(&report(&json!({ "elapsed_s": elapsed_s })));
        assert_eq!(early(0.999), None);
        let said = early(0.938).unwrap();
        assert!(said.en.starts_with("it took less than its ideal"), "{said:?}");
    }

    #[test]
    fn a_request_that_times_out_is_not_said_to_wait_for_its_response() {
        let limit = ServerLimit {
            places: NonZeroUsize::new(2).unwrap(),
            when_full: WhenFull::Queue,
        };
        let layout = Layout::queue(NonZeroUsize::new(10).unwrap(), None);
        let said = |timed_out| {
            let changes = json!({ "shape": layout, "timed_out": timed_out });
            let delay = Some(DelayKind::Takes(Duration::from_secs(1)));
            bottleneck(&report(&changes), limit, delay).unwrap().en
        };
        assert!(said(0).contains("bottleneck: 5 waves of 1 s"), "{}", said(0));
        assert!(said(6).ends_with("queued too long timed out"), "{}", said(6));

        let each = DelayKind::GivenUpAfter(Duration::from_millis(1));
        let said =
            waves(&Layout::one_by_one(NonZeroUsize::new(3).unwrap()), 3, each);
        assert_eq!(
            said.en,
            "one request after another: 3 waves of 1 ms, after which the requests time out"
        );
    }

    proptest! {
        #[test]
        fn both_languages_name_the_same_numbers(
            requests in 1..300_usize, slots in 1..40_usize, chunk in 1..6_usize,
            places in 1..40_usize, seen in 0..40_usize, which in 0..4_usize,
            rejects: bool, ok in 0..300_usize, seats: Option<u8>, which_transport in 0..4_usize,
        ) {
            let n = |n| NonZeroUsize::new(n).unwrap();
            let layout = match which {
                0 => Layout::one_by_one(n(requests)),
                1 => Layout::pool(n(requests), n(slots), n(chunk)),
                2 => Layout::queue(n(requests), Some(n(slots))),
                _ => Layout::partitioned(n(requests), n(chunk), Some(n(slots))),
            };
            let when_full = if rejects { WhenFull::Reject } else { WhenFull::Queue };
            let limit = ServerLimit { places: n(places), when_full };
            let seats = seats.map(usize::from);
            let report = report(&json!({
                "shape": layout, "requests": requests, "ok": ok.min(requests), "cpu_s": 1.9,
                "transport": Transport::value_variants()[which_transport], "connections": slots,
                "retried": seen,
            }));
            let counts =
                Counts { peak_in_flight: seen, received: slots, ..Counts::default() };
            let each = DelayKind::Takes(Duration::from_millis(100));
            let said = [
                Some(waves(&layout, requests, each)),
                bottleneck(&report, limit, (seen % 2 == 0).then_some(each)),
                several_runtimes(&report),
                within_noise(&report),
                early(&report),
                transport(&report),
                disagreement(&report, &counts, Some(limit), seats),
                retried(&report),
                miscount(&report, &counts),
                unanswered(&report),
                short_of_cpu(&report),
                Some(no_report(n(requests).into(), None)),
            ];
            for Localized { en, zh } in said.into_iter().flatten() {
                prop_assert_eq!(numbers(&en), numbers(&zh), "{}", en);
            }
        }
    }
}
