//! What the responses let one suppose of a server that does not tell how it works.
//!
//! A server that answers m requests at a time, each in the same time, sends its responses in
//! batches of m, as far apart as the fastest response took. No other server does so by chance,
//! and where the responses show no such batches, nothing is supposed.

use std::ops::RangeInclusive;

use client_core::Report;
use units::{Localized, localized};

/// Milliseconds below which a client's own work looks like a server's wait.
const TOO_SHORT_MS: f64 = 20.0;

/// No response waited for another one where all came within this many times the fastest.
const NONE_WAITED: f64 = 1.2;

/// Batches are this far apart and this short, in times of the fastest response. These bounds
/// and the next are such that random delays are not taken for a queue, as a test tries.
const APART: RangeInclusive<f64> = 0.8..=1.25;
const SHORT: f64 = 0.2;

/// The fewest responses, and the fewest batches: two may also be two kinds of responses.
const FEWEST: usize = 8;
const FEWEST_BATCHES: usize = 3;

/// The share of the batches that have to be as supposed; the machine delays some.
const MOST: f64 = 0.8;

/// What the responses of a run say of its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Estimate {
    /// No response waited for another.
    NoneWaited,
    /// It answers this many requests at a time.
    AtATime(usize),
    /// Some waited, and on what cannot be told.
    Unclear,
    /// The responses come too fast to tell anything.
    TooShort,
}

/// One sentence on how many requests the server answers at a time, if the client had several in
/// flight, and all got the page.
pub(super) fn sentence(report: &Report) -> Option<Localized> {
    let several = report.concurrency.min(report.requests) > 1;
    // On a thread that computes, a response is read late; and of a duration there is no last
    // batch that would be smaller.
    let is_counted = report.duration_s.is_none();
    if !is_counted || !several || !report.is_whole() || report.cpu_work_ms.is_some()
    {
        return None;
    }
    let latency = report.latency_ms?;
    let estimate = estimate(report)?;
    let fastest = units::seconds(latency.min / 1e3);
    let fastest_ms = super::overhead::time(latency.min / 1e3);
    let elapsed = units::seconds(report.elapsed_s);
    let times = report.elapsed_s * 1e3 / latency.min;
    // Both are as exact as they are true: "7 times", "1.1 times".
    let times =
        if times < 9.5 { format!("{times:.1}") } else { format!("{times:.0}") };
    let Localized { en, zh } = localized!(
        "{elapsed} is {times} times the fastest response ({fastest})",
        "{elapsed} 是最快响应（{fastest}）的 {times} 倍",
    );
    Some(match estimate {
        Estimate::NoneWaited => {
            let slowest = units::seconds(latency.max / 1e3);
            localized!(
                "{en}, and the slowest took {slowest}: no sign that requests waited for one \
                 another",
                "{zh}，最慢的用了 {slowest}：看不出请求互相等待",
            )
        }
        Estimate::AtATime(1) => localized!(
            "{en}, so this server seems to serve one request at a time",
            "{zh}：据此估计，这个服务器同时只处理一个请求",
        ),
        Estimate::AtATime(places) => localized!(
            "{en}, so this server seems to serve about {places} requests at a time",
            "{zh}：据此估计，这个服务器同时大约处理 {places} 个请求",
        ),
        Estimate::Unclear => localized!(
            "{en}; its responses do not show how many requests this server serves at a time",
            "{zh}；从响应看不出这个服务器同时处理多少个请求",
        ),
        Estimate::TooShort => localized!(
            "the fastest response took {fastest_ms}, too short to tell the server's time from the \
             client's",
            "最快的响应只用了 {fastest_ms}，太短了，分不清服务器和客户端各用了多少时间",
        ),
    })
}

/// `None` where no response was recorded by itself.
fn estimate(report: &Report) -> Option<Estimate> {
    let latency = report.latency_ms?;
    if report.outcomes.is_empty() {
        return None;
    }
    if latency.min < TOO_SHORT_MS {
        return Some(Estimate::TooShort);
    }
    if latency.max <= latency.min * NONE_WAITED {
        return Some(Estimate::NoneWaited);
    }
    let mut ends: Vec<_> =
        report.outcomes.iter().map(|outcome| outcome.end_us as f64 / 1e3).collect();
    ends.sort_by(f64::total_cmp);
    let places = at_a_time(&ends, latency.min);
    // The waves of the client itself would look like those of a server.
    let places = places.filter(|places| places * 10 < report.concurrency * 9);
    Some(places.map_or(Estimate::Unclear, Estimate::AtATime))
}

/// The size of the batches in which the responses came, if they came in equal ones at equal
/// intervals. All times are in milliseconds, and `ends` are sorted.
fn at_a_time(ends: &[f64], fastest: f64) -> Option<usize> {
    let mut batches: Vec<&[f64]> = Vec::new();
    let mut rest = ends;
    while let Some(first) = rest.first() {
        let size = rest.partition_point(|end| end - first < fastest / 2.0);
        let (batch, after) = rest.split_at(size);
        batches.push(batch);
        rest = after;
    }
    // The last batch is what is left.
    let (last, full) = batches.split_last()?;
    let mut sizes: Vec<_> = full.iter().map(|batch| batch.len()).collect();
    sizes.sort_unstable();
    let size = *sizes.get(sizes.len() / 2)?;
    let is_about_full = |other: usize| other.abs_diff(size) * 10 <= size;
    let apart = batches.windows(2).map(|pair| (pair[1][0] - pair[0][0]) / fastest);
    let is_short = |batch: &&&[f64]| {
        let long = batch.last().map(|last| last - batch[0]);
        long.is_some_and(|long| long <= SHORT * fastest)
    };
    let are_most = |some: usize, all: usize| some as f64 >= MOST * all as f64;
    // Nor may a long pause be hidden among the few that are not as supposed.
    let all_apart = (last[0] - ends[0]) / fastest / full.len() as f64;
    (ends.len() >= FEWEST
        && batches.len() >= FEWEST_BATCHES
        && APART.contains(&all_apart)
        && (last.len() <= size || is_about_full(last.len()))
        && are_most(
            sizes.iter().filter(|&&n| is_about_full(n)).count(),
            sizes.len(),
        )
        && are_most(apart.filter(|a| APART.contains(a)).count(), batches.len() - 1)
        && are_most(batches.iter().filter(is_short).count(), batches.len()))
    .then_some(size)
}

#[cfg(test)]
mod tests {
    use client_core::Layout;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::result::report_with;

    /// A run of requests that were all sent at once, and ended after these milliseconds.
    fn all_at_once(took_ms: &[f64]) -> Report {
        slots(took_ms.len(), &took_ms.iter().map(|&t| (0.0, t)).collect::<Vec<_>>())
    }

    /// A run with that many slots, of requests with their starts and ends in milliseconds.
    fn slots(slots: usize, requests: &[(f64, f64)]) -> Report {
        let n = requests.len().try_into().unwrap();
        let took = || requests.iter().map(|(start, end)| end - start);
        let (min, max) =
            (took().reduce(f64::min).unwrap(), took().reduce(f64::max).unwrap());
        let end = requests.iter().map(|request| request.1).reduce(f64::max).unwrap();
        let micros = |ms: f64| {
            let time = std::time::Duration::from_secs_f64(ms / 1e3);
            u64::try_from(time.as_micros()).unwrap()
        };
        let outcomes: Vec<_> = requests
            .iter()
            .enumerate()
            .map(|(index, (start, end))| {
                json!({
                    "index": index, "lane": 0, "status": 200,
                    "start_us": micros(*start),
                    "end_us": micros(*end),
                })
            })
            .collect();
        report_with(&json!({
            "client": "async", "requests": requests.len(), "ok": requests.len(),
            "concurrency": slots, "elapsed_s": end / 1e3, "ideal_s": null,
            "shape": Layout::queue(n, slots.try_into().ok()), "outcomes": outcomes,
            "latency_ms": { "min": min, "p50": min, "p90": max, "p99": max, "max": max },
        }))
    }

    /// A server that answers `places` at a time, each in 500 ms and up to 5 ms.
    fn served(requests: usize, places: usize) -> Vec<f64> {
        let late = |i: usize| (i * 7919 % 50) as f64 / 10.0;
        (0..requests).map(|i| (1 + i / places) as f64 * 500.0 + late(i)).collect()
    }

    #[test]
    fn a_server_that_answers_one_at_a_time_is_told_by_its_responses() {
        let said = sentence(&all_at_once(&served(20, 1))).unwrap();
        assert_eq!(
            said.en,
            "10.001 s is 20 times the fastest response (0.500 s), so this server seems to \
             serve one request at a time"
        );
        assert!(said.zh.ends_with("同时只处理一个请求"), "{said:?}");
    }

    #[test]
    fn a_server_with_a_limit_is_told_by_its_batches() {
        let said = sentence(&all_at_once(&served(45, 10))).unwrap();
        assert!(said.en.ends_with("serve about 10 requests at a time"), "{said:?}");
        // Two batches may also be two kinds of responses.
        assert_eq!(estimate(&all_at_once(&served(20, 10))), Some(Estimate::Unclear));
    }

    #[test]
    fn the_waves_of_the_client_are_not_taken_for_those_of_the_server() {
        let waves: Vec<_> = (0..24)
            .map(|i| {
                let start = f64::from(i / 8) * 503.0;
                (start, start + 500.0 + f64::from(i % 8))
            })
            .collect();
        let report = slots(8, &waves);
        assert_eq!(estimate(&report), Some(Estimate::NoneWaited));
        let said = sentence(&report).unwrap().en;
        assert!(!said.contains("by estimate"), "{said}");
        // Nor are they where one response was late.
        let mut late = waves;
        late[5].1 += 400.0;
        assert_eq!(estimate(&slots(8, &late)), Some(Estimate::Unclear));
    }

    #[test]
    fn one_late_response_hides_no_queue() {
        let mut took = served(40, 1);
        took[11] += 200.0;
        assert_eq!(estimate(&all_at_once(&took)), Some(Estimate::AtATime(1)));
    }

    /// Connections that opened late made the run longer than a queue would.
    #[test]
    fn a_pause_is_not_the_servers_time() {
        let mut took = served(40, 1);
        for late in &mut took[35..] {
            *late += 15_000.0;
        }
        assert_eq!(estimate(&all_at_once(&took)), Some(Estimate::Unclear));
    }

    #[test]
    fn what_cannot_be_told_is_not() {
        // Connections that opened after one and three seconds.
        let late: Vec<_> = (0..50).map(|i| [210.0, 1230.0, 3250.0][i % 3]).collect();
        assert_eq!(estimate(&all_at_once(&late)), Some(Estimate::Unclear));
        let fast: Vec<_> = (1..50).map(f64::from).collect();
        assert_eq!(estimate(&all_at_once(&fast)), Some(Estimate::TooShort));
        assert_eq!(sentence(&slots(1, &[(0.0, 500.0), (500.0, 1000.0)])), None);
        let failed = Report { ok: 19, ..all_at_once(&served(20, 1)) };
        assert_eq!(sentence(&failed), None);
        let works = Report { cpu_work_ms: Some(5.0), ..all_at_once(&served(20, 1)) };
        assert_eq!(sentence(&works), None);
    }

    proptest! {
        #[test]
        fn a_limit_is_found_whatever_the_machine_adds(
            places in 1..20_usize, more in 0..40_usize,
            late in prop::collection::vec(0.0..60.0_f64, 200),
        ) {
            let requests = FEWEST.max(5 * places + more);
            let took = served(requests, places);
            let took: Vec<_> = took.iter().zip(&late).map(|(took, late)| took + late).collect();
            prop_assert_eq!(estimate(&all_at_once(&took)), Some(Estimate::AtATime(places)));
        }
    }

    /// Delays by chance, from a quick response to twenty times that, and no queue at all.
    #[test]
    fn delays_of_their_own_are_not_taken_for_a_queue() {
        let mut state = 1_u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        for round in 0..20_000 {
            let requests = 2 + round % 60;
            let most = 2.0 + random() * 20.0;
            let took: Vec<_> = (0..requests)
                .map(|_| 100.0 * (1.0 + random() * (most - 1.0)))
                .collect();
            let found = estimate(&all_at_once(&took));
            assert!(!matches!(found, Some(Estimate::AtATime(_))), "{took:?}");
        }
    }
}
