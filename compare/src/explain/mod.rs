//! One sentence for each client on why it took as long as it did.

pub(crate) mod baseline;
mod caveat;
mod estimate;
pub(crate) mod foreign;
mod kernel;
pub(crate) mod knee;
pub(crate) mod latency;
pub(crate) mod overhead;
pub(crate) mod repeats;
mod served;
mod waves;

use std::num::NonZeroUsize;
use std::time::Duration;

use client_core::model::{ServerLimit, WhenFull, makespan};
use client_core::server::{Server, ServerSettings};
use client_core::settings::workload::Workload;
use client_core::{Report, Transport};
use slow_server::Counts;
use units::{Localized, localized};

use crate::result::comparison::{Comparison, Run};
use crate::result::overhead::Overhead;
use crate::statistics::noise;
pub(crate) use caveat::caveat;
use waves::{DelayKind, waves};

/// Above this share of the CPUs, a client is short of them.
const SHORT_OF_CPU: f64 = 0.9;

/// Seconds that no rounding makes.
const EARLY: f64 = 0.005;

/// What is to be said of a whole comparison: what its rows are, and what makes them doubtful.
pub(crate) fn remarks(comparison: &Comparison) -> Vec<Localized> {
    let repeats = repeats::remark(&comparison.runs);
    let baseline = comparison.baseline.as_ref().map(baseline::remark);
    let clocks = latency::clocks(&comparison.runs);
    let speed = speed(&comparison.runs);
    let (left_out, caveat) =
        (comparison.left_out.clone(), comparison.caveat.clone());
    let all = [speed, repeats, clocks, left_out, baseline, caveat];
    all.into_iter().flatten().collect()
}

/// A client whose ideal is this many times as fast is so by its strategy, and not by noise.
const FASTER: f64 = 2.0;

/// How many times as fast as client-sync the async client is, or the fastest where that did not
/// run. What fails is not fast.
fn speed(runs: &[Run]) -> Option<Localized> {
    let is_sync = |run: &&Run| run.client == "sync" && run.is_whole();
    let sync = runs.iter().find(is_sync)?;
    let faster = || {
        let clients =
            runs.iter().filter(|run| run.program.is_none() && run.is_whole());
        let with_times = clients.filter_map(|run| Some((run, run.times_faster?)));
        with_times.filter(|(run, times)| {
            // A server that does not tell its delay leaves the measured times.
            ideally_faster(run, sync).unwrap_or(*times) >= FASTER
        })
    };
    let fastest = || faster().max_by(|(_, a), (_, b)| a.total_cmp(b));
    let (run, times) =
        faster().find(|(run, _)| run.client == "async").or_else(fastest)?;
    let label = &run.label;
    let times = format!("{times:.*}", usize::from(times < 99.95));
    Some(localized!(
        "Compared with sync, {label} is {times} times as fast.",
        "{label} 的速度是 sync 的 {times} 倍。",
    ))
}

/// How many times as fast as `sync` the strategy of a run lets it be; `None` without an ideal.
fn ideally_faster(run: &Run, sync: &Run) -> Option<f64> {
    let (own, sync) = (run.report.as_ref()?, sync.report.as_ref()?);
    let served = own.ideal_requests.zip(sync.ideal_requests);
    served.map(|(own, sync)| own as f64 / sync as f64).or_else(|| {
        let seconds = own.ideal_s.zip(sync.ideal_s);
        seconds.map(|(own_s, sync_s)| sync_s / own_s)
    })
}

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

/// Where the server saw something else than the strategy and the limit promise.
fn disagreement(
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
fn retried(report: &Report) -> Option<Localized> {
    let retried = report.retried;
    let Localized { en, zh } = report.why_retried()?;
    Some(localized!("{retried} sent again: {en}", "{retried} 个请求被重发：{zh}"))
}

/// Where the server received more requests than were sent, or fewer than got a response. One
/// that was sent again may have arrived once or twice.
fn miscount(report: &Report, counts: &Counts) -> Option<Localized> {
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

fn unanswered(report: &Report) -> Option<Localized> {
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
    fn it_is_said_once_how_many_times_as_fast_as_sync_async_is() {
        let run_of = |name: &str, times, changes| {
            let mut run = Run::unmeasured(name.to_owned(), name.to_owned(), None);
            (run.report, run.times_faster) = (Some(report(&changes)), times);
            run
        };
        let run = |name: &str, times: Option<f64>| {
            let ideal_s = 10.0 / times.unwrap_or(1.0).floor();
            run_of(name, times, json!({ "ideal_s": ideal_s }))
        };
        let said = |runs: &[Run]| speed(runs).map(|said| said.en);
        let sync = || run("sync", Some(1.0));
        let all = [sync(), run("async", Some(91.62)), run("hybrid", Some(93.0))];
        assert_eq!(
            said(&all).unwrap(),
            "Compared with sync, async is 91.6 times as fast."
        );
        let two = [sync(), run("threads", Some(7.64))];
        assert_eq!(
            said(&two).unwrap(),
            "Compared with sync, threads is 7.6 times as fast."
        );
        assert_eq!(said(&[sync()]), None);
        let alike = run_of("async", Some(2.1), json!({ "ideal_s": 10.0 }));
        assert_eq!(said(&[sync(), alike]), None, "the ideals are equal");
        let unknown = |name: &str, times| {
            run_of(name, Some(times), json!({ "ideal_s": null }))
        };
        let times = |times| said(&[unknown("sync", 1.0), unknown("async", times)]);
        assert_eq!((times(1.1), times(9.0).is_some()), (None, true));
        let served = |name: &str, times, ideal: usize| {
            run_of(name, Some(times), json!({ "ideal_requests": ideal }))
        };
        let times =
            |ideal| said(&[served("sync", 1.0, 10), served("async", 3.0, ideal)]);
        assert_eq!((times(10), times(30).is_some()), (None, true));
        assert_eq!(said(&[run("async", None)]), None);
        let mut failed = run("async", Some(29.5));
        failed.report = Some(report(&json!({ "ok": 4, "failed": 6 })));
        assert_eq!(said(&[sync(), failed]), None, "what is rejected is not fast");
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
