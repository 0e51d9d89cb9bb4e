//! What was measured, as `--json` prints it.

pub(crate) mod comparison;
pub(crate) mod conditions;
pub(crate) mod critical_path;
pub(crate) mod foreign;
pub(crate) mod kernel_counts;
pub(crate) mod knee;
pub(crate) mod overhead;
pub(crate) mod point;
pub(crate) mod setup;
pub(crate) mod sweep;

/// A report of ten requests, one after another, but for these fields.
#[cfg(test)]
pub(crate) fn report_with(changes: &serde_json::Value) -> client_core::Report {
    use std::num::NonZeroUsize;

    let ten = NonZeroUsize::new(10).unwrap();
    let mut report = serde_json::json!({
        "schema": 1, "client": "sync", "url": "http://127.0.0.1:5000/",
        "requests": 10, "ok": 10, "failed": 0, "timed_out": 0, "not_sent": 0,
        "elapsed_s": 1.0, "ideal_s": 1.0, "concurrency": 1,
        "shape": client_core::Layout::one_by_one(ten),
        "latency_ms": null, "errors": [], "cpu_s": 0.1, "peak_rss_bytes": null,
        "cores": 2, "outcomes": [],
    });
    let fields = report.as_object_mut().unwrap();
    fields.extend(changes.as_object().unwrap().clone());
    serde_json::from_value(report).unwrap()
}

/// A request of lane 0 that the server let wait for 100 ms.
#[cfg(test)]
pub(crate) fn row(index: usize, start_ms: u64, end_ms: u64) -> serde_json::Value {
    serde_json::json!({
        "index": index, "lane": 0, "start_us": start_ms * 1000,
        "end_us": end_ms * 1000, "queued_us": 0, "waited_us": 100_000, "status": 200,
    })
}
