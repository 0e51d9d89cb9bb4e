//! What one asks of the server beside its page: is it there, what has it seen, what is
//! it about to do.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};

use crate::config::WhenFull;
use crate::limits;
use crate::slow::Slow;
use crate::stats::Counts;

/// The answer to `GET /api/stats`: what the server has seen, and how it is set.
#[derive(Debug, Serialize)]
struct Snapshot {
    #[serde(flatten)]
    counts: Counts,
    delay_ms: f64,
    jitter_ms: f64,
    fail_rate: f64,
    seed: u64,
    max_concurrent: Option<usize>,
    when_full: WhenFull,
    max_delay_ms: f64,
    backlog: u32,
}

/// `GET /api/stats`
pub(crate) async fn stats(State(slow): State<Arc<Slow>>) -> impl IntoResponse {
    let config = slow.config();
    Json(Snapshot {
        counts: slow.stats().counts(),
        delay_ms: config.delay.as_secs_f64() * 1e3,
        jitter_ms: config.jitter.as_secs_f64() * 1e3,
        fail_rate: config.fail_rate,
        seed: config.seed,
        max_concurrent: config.max_concurrent.map(std::num::NonZeroUsize::get),
        when_full: config.when_full,
        max_delay_ms: config.max_delay.as_secs_f64() * 1e3,
        backlog: limits::backlog(),
    })
}

/// `POST /api/stats/reset`
pub(crate) async fn reset(State(slow): State<Arc<Slow>>) -> StatusCode {
    slow.reset();
    StatusCode::NO_CONTENT
}

/// What `GET /api/schedule` is asked.
#[derive(Debug, Deserialize)]
pub(crate) struct Span {
    requests: u64,
}

/// The most delays in one answer: about a megabyte.
const MOST_DELAYS: u64 = 100_000;

/// `GET /api/schedule?requests=100`: the delay of each request in microseconds, so that
/// a client can say what its run should take without knowing how the delays are drawn.
pub(crate) async fn schedule(
    State(slow): State<Arc<Slow>>,
    Query(span): Query<Span>,
) -> impl IntoResponse {
    if span.requests > MOST_DELAYS {
        let why = format!("requests: at most {MOST_DELAYS}\n");
        return (StatusCode::BAD_REQUEST, why).into_response();
    }
    let delays_us: Vec<_> = (0..span.requests)
        .map(|request| slow.schedule().turn(request).delay.as_micros())
        .collect();
    Json(serde_json::json!({ "delays_us": delays_us })).into_response()
}

/// `GET /healthz`
pub(crate) async fn health() -> &'static str {
    "ok\n"
}

/// `GET /metrics`, in the text format of Prometheus.
pub(crate) async fn metrics(State(slow): State<Arc<Slow>>) -> impl IntoResponse {
    let counts = slow.stats().counts();
    let mut text = String::new();
    let mut metric = |name: &str, kind: &str, help: &str, value: usize| {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "# HELP slow_server_{name} {help}\n# TYPE slow_server_{name} {kind}\n\
             slow_server_{name} {value}\n"
        );
    };
    metric(
        "in_flight",
        "gauge",
        "Requests waiting for their answer.",
        counts.in_flight,
    );
    metric("queued", "gauge", "Requests waiting for a place.", counts.queued);
    metric(
        "peak_in_flight",
        "gauge",
        "The most requests in flight at once.",
        counts.peak_in_flight,
    );
    metric("received_total", "counter", "Requests that came in.", counts.received);
    metric(
        "answered_total",
        "counter",
        "Requests that got the page.",
        counts.answered,
    );
    metric("failed_total", "counter", "Requests planned to fail.", counts.failed);
    metric(
        "rejected_total",
        "counter",
        "Requests that found it full.",
        counts.rejected,
    );
    metric(
        "aborted_total",
        "counter",
        "Requests whose client left.",
        counts.aborted,
    );

    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text)
}
