//! What is missing among the latencies, and why.

use client_core::outcome::latency::{ENOUGH_FOR_P99, ENOUGH_FOR_P99_9};
use units::{Localized, localized};

use crate::result::comparison::Comparison;

/// Why percentiles, or histograms, are left out.
pub(crate) fn remarks(comparison: &Comparison) -> Vec<Localized> {
    let reports = || comparison.runs.iter().filter_map(|run| run.report.as_ref());
    let has_few = reports().any(|report| report.ok < ENOUGH_FOR_P99_9);
    let few = has_few.then(|| {
        localized!(
            "p99 is given from {ENOUGH_FOR_P99} responses on, and p99.9 from {ENOUGH_FOR_P99_9}: \
             of fewer, it would be the maximum.",
            "p99 至少要有 {ENOUGH_FOR_P99} 个响应才给出，p99.9 至少 {ENOUGH_FOR_P99_9} 个：\
             更少时它就是最大值。"
        )
    });
    let counted = reports().any(|report| report.counted).then(|| {
        Localized::new(
            "No histogram where so many requests are only counted.",
            "请求太多而只作计数时，没有直方图。",
        )
    });
    few.into_iter().chain(counted).collect()
}
