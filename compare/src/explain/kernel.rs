//! The kernel's part in a run: connections that it had to try to open more than once.

use client_core::Report;
use reqwest::Url;
use units::{Localized, localized};

use crate::result::critical_path::extra_s;
use crate::result::kernel_counts::KernelCounts;

/// Milliseconds after which a SYN without an answer is sent again, but for what a clock's tick
/// may take off.
const FIRST_RETRY_MS: f64 = 950.0;

/// The retries during a run, if a response came as late as one of them makes it.
pub(super) fn sentence(report: &Report, counts: KernelCounts) -> Option<Localized> {
    let KernelCounts { listen_overflows: full, syn_retransmits: again } = counts;
    if again == 0 || late_ms(report)? < FIRST_RETRY_MS {
        return None;
    }
    let packets = if again == 1 { "SYN or SYN-ACK" } else { "SYNs or SYN-ACKs" };
    let times = if full == 1 { "time" } else { "times" };
    Some(if full > 0 && is_on_this_machine(&report.url) {
        localized!(
            "meanwhile an accept queue (backlog) on this machine was full {full} {times}, and \
             the kernel retransmitted {again} {packets}: a connection that is tried again opens \
             1 s or more later",
            "其间本机的 accept 队列（backlog）满了 {full} 次，内核重传了 {again} 个 \
             SYN 或 SYN-ACK：重试的连接要晚 1 秒或更久才能建立",
        )
    } else {
        localized!(
            "meanwhile the kernel retransmitted {again} {packets}, each after 1 s or more: an \
             accept queue (backlog) was full, or packets were lost",
            "其间内核重传了 {again} 个 SYN 或 SYN-ACK，每次都在 1 秒或更久之后：\
             accept 队列（backlog）满了，或者有数据包丢失",
        )
    })
}

/// Milliseconds by which the latest response was late: beyond its delay and its queue where the
/// server tells them, else beyond the fastest.
fn late_ms(report: &Report) -> Option<f64> {
    let beyond_told = report.outcomes.iter().filter_map(extra_s).reduce(f64::max);
    let latency = report.latency_ms?;
    Some(beyond_told.map_or(latency.max - latency.min, |seconds| seconds * 1e3))
}

/// Whether the kernel that counted is also the server's.
fn is_on_this_machine(url: &str) -> bool {
    let addresses =
        url.parse::<Url>().ok().and_then(|url| url.socket_addrs(|| None).ok());
    addresses.is_some_and(|all| all.iter().all(|address| address.ip().is_loopback()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::result::report_with;

    fn said(url: &str, slowest_ms: f64, full: u64, again: u64) -> Option<String> {
        let max = slowest_ms;
        let report = report_with(&json!({
            "url": url,
            "latency_ms": { "min": 200.0, "p50": max, "p90": max, "p99": max, "max": max },
        }));
        let counts = KernelCounts { listen_overflows: full, syn_retransmits: again };
        sentence(&report, counts).map(|said| said.en)
    }

    #[test]
    fn connections_that_were_tried_again_are_the_kernels_part() {
        let here = "http://127.0.0.1:5000/";
        let both = said(here, 1200.0, 132, 63).unwrap();
        assert!(both.contains("was full 132 times"), "{both}");
        assert!(both.contains("retransmitted 63 SYNs or SYN-ACKs"), "{both}");
        // What this machine's queues do is no matter of a server elsewhere.
        let elsewhere = said("http://192.0.2.7/", 1200.0, 132, 63).unwrap();
        assert!(!elsewhere.contains("132"), "{elsewhere}");
        assert!(elsewhere.ends_with("or packets were lost"), "{elsewhere}");
    }

    /// The counts are of all programs on this machine.
    #[test]
    fn retries_that_made_no_response_late_are_not_of_this_run() {
        let here = "http://127.0.0.1:5000/";
        assert_eq!(said(here, 1100.0, 132, 63), None);
        assert_eq!(said(here, 5000.0, 132, 0), None);
    }

    #[test]
    fn a_long_delay_that_the_server_tells_is_no_retry() {
        let said = |waited_us: u64| {
            let latency = json!({
                "min": 200.0, "p50": 200.0, "p90": 3000.0, "p99": 3000.0, "max": 3000.0,
            });
            let row = json!({
                "index": 0, "lane": 0, "start_us": 0, "end_us": 3_000_000,
                "queued_us": 0, "waited_us": waited_us, "status": 200,
            });
            let report =
                report_with(&json!({ "latency_ms": latency, "outcomes": [row] }));
            let counts = KernelCounts { listen_overflows: 1, syn_retransmits: 1 };
            sentence(&report, counts).map(|said| said.en)
        };
        assert_eq!(said(2_990_000), None);
        let late = said(1_990_000).unwrap();
        assert!(late.contains("retransmitted 1 SYN or SYN-ACK:"), "{late}");
    }
}
