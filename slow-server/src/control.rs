//! What one asks of the server beside its page: is it there, what has it seen, what is
//! it about to do.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Json;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use http_body::Frame;
use serde::{Deserialize, Serialize};

use crate::limits;
use crate::schedule::Schedule;
use crate::settings::Settings;
use crate::slow::Slow;
use crate::stats::Counts;

/// The answer to `GET /api/stats`: what the server has seen, and how it is set.
#[derive(Debug, Serialize)]
struct Snapshot<'a> {
    #[serde(flatten)]
    counts: Counts,
    #[serde(flatten)]
    settings: Settings,
    max_delay_ms: f64,
    connections: usize,
    backlog: u32,
    addresses: &'a [SocketAddr],
}

/// `GET /api/stats`
pub(crate) async fn stats(State(slow): State<Arc<Slow>>) -> Response {
    Json(Snapshot {
        counts: slow.stats().counts(),
        settings: slow.settings(),
        max_delay_ms: slow.config().max_delay.as_secs_f64() * 1e3,
        connections: slow.config().limits.connections,
        backlog: limits::backlog(),
        addresses: slow.addresses(),
    })
    .into_response()
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
    let schedule = slow.settings().schedule;
    let json = Body::new(DelaysBody { schedule, next: 0, end: span.requests });
    ([(CONTENT_TYPE, "application/json")], json).into_response()
}

/// `{"delays_us":[…]}`, made piece by piece as the client takes it: what nobody takes
/// holds no memory.
struct DelaysBody {
    // As it is when it is asked for: a change meanwhile would leave two in one answer.
    schedule: Schedule,
    next: u64,
    end: u64,
}

/// The delays in one piece: a few kilobytes.
const PIECE: u64 = 512;

impl HttpBody for DelaysBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.next > self.end {
            return Poll::Ready(None);
        }
        let mut piece = String::new();
        if self.next == 0 {
            piece.push_str("{\"delays_us\":[");
        }
        let last = self.end.min(self.next + PIECE);
        for request in self.next..last {
            let comma = if request == 0 { "" } else { "," };
            let delay = self.schedule.turn(request).delay.as_micros();
            // Writing to a string cannot fail.
            let _ = write!(piece, "{comma}{delay}");
        }
        if last == self.end {
            piece.push_str("]}");
        }
        // One beyond the end says that all is sent.
        self.next = if last == self.end { self.end + 1 } else { last };
        Poll::Ready(Some(Ok(Frame::data(piece.into()))))
    }
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
