//! Counts, schedule and settings over HTTP.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use crate::behavior::schedule::Schedule;
use crate::behavior::settings::Settings;
use crate::net::limits;
use crate::request_meta::{RequestMeta, SanitizedName};
use crate::server::Server;
use crate::stats::counts::Counts;
use crate::stats::records::RecordFilter;

/// What the server has seen, and how it is set.
#[derive(Debug, Serialize)]
struct StatsView<'a> {
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
pub(crate) async fn stats(State(server): State<Arc<Server>>) -> Response {
    Json(StatsView {
        counts: server.stats.counts(),
        settings: server.settings(),
        max_delay_ms: server.config.max_delay.as_secs_f64() * 1e3,
        connections: server.config.limits.connections,
        backlog: limits::backlog(),
        addresses: server.addresses(),
    })
    .into_response()
}

#[derive(Debug, Deserialize)]
pub(crate) struct RequestsQuery {
    client: Option<String>,
    #[serde(default)]
    since_us: u64,
}

/// `GET /api/requests?client=NAME&since_us=N`: the newest requests one by one, of which a
/// program that is not known is told how it waited.
///
/// A client gets only the requests from its own address, so it needs no token. All addresses
/// of this machine are one; and those behind one NAT or proxy share theirs, and learn of each
/// other.
/// A reset does not touch the records. `dense-server` has none of requests over HTTP/2.
pub(crate) async fn requests(
    State(server): State<Arc<Server>>,
    meta: RequestMeta,
    Query(RequestsQuery { client, since_us }): Query<RequestsQuery>,
) -> Response {
    let name = |client: String| SanitizedName::new(client.as_bytes()).to_string();
    let from = meta.peer.map(|peer| peer.ip());
    let filter = RecordFilter { from, client: client.map(name), since_us };
    // Megabytes of JSON take milliseconds, for which no other request is to wait.
    spawn_blocking(move || Json(server.stats.records(&filter)).into_response())
        .await
        .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// `POST /api/stats/reset`
pub(crate) async fn reset(State(server): State<Arc<Server>>) -> StatusCode {
    server.reset();
    StatusCode::NO_CONTENT
}

/// `POST /api/settings`
///
/// Takes any of `delay`, `jitter`, `fail_rate` and `max_concurrent`, and responds with the
/// settings now in force. Requests in flight keep the delay that they have.
pub(crate) async fn settings(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    // A form on another site can send text, but not JSON without asking first.
    if !is_json(&headers) {
        let why = "Send JSON, with the header \"content-type: application/json\".\n";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, why).into_response();
    }
    match server.change(|settings| settings.changed_by(&body)) {
        Ok(settings) => Json(settings).into_response(),
        Err(why) => (StatusCode::BAD_REQUEST, format!("{why}\n")).into_response(),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

#[derive(Debug, Deserialize)]
pub(crate) struct ScheduleQuery {
    requests: u64,
}

/// The most delays in one response: about a megabyte.
const MOST_DELAYS: u64 = 100_000;

/// `GET /api/schedule?requests=100`: the delay of each request in microseconds, so that
/// a client can predict its run without knowing how the delays are drawn.
pub(crate) async fn schedule(
    State(server): State<Arc<Server>>,
    Query(ScheduleQuery { requests }): Query<ScheduleQuery>,
) -> Response {
    if requests > MOST_DELAYS {
        let why = format!("requests: at most {MOST_DELAYS}\n");
        return (StatusCode::BAD_REQUEST, why).into_response();
    }
    let json = delays_json(server.settings().schedule, requests);
    ([(CONTENT_TYPE, "application/json")], json).into_response()
}

/// The delays in one chunk of the response: a few kilobytes.
const CHUNK: u64 = 512;

/// `{"delays_us":[…]}`, streamed in chunks that are made as the client reads them: what is
/// not read takes no memory.
fn delays_json(schedule: Schedule, requests: u64) -> Body {
    let last = requests / CHUNK;
    let chunks = (0..=last).map(move |number| {
        let mut chunk = String::new();
        if number == 0 {
            chunk.push_str("{\"delays_us\":[");
        }
        for request in number * CHUNK..requests.min((number + 1) * CHUNK) {
            let comma = if request == 0 { "" } else { "," };
            let delay = schedule.response(request).delay.as_micros();
            // Writing to a string cannot fail.
            let _ = write!(chunk, "{comma}{delay}");
        }
        if number == last {
            chunk.push_str("]}");
        }
        Ok::<_, Infallible>(chunk)
    });
    Body::from_stream(stream::iter(chunks))
}

/// `GET /metrics`, in the text format of Prometheus.
pub(crate) async fn metrics(State(server): State<Arc<Server>>) -> impl IntoResponse {
    let counts = server.stats.counts();
    let mut text = String::new();
    for (name, kind, help, value) in [
        (
            "in_flight",
            "gauge",
            "Requests in the delay of the server.",
            counts.in_flight,
        ),
        ("queued", "gauge", "Requests held until a permit is free.", counts.queued),
        (
            "peak_in_flight",
            "gauge",
            "The most requests served at the same time.",
            counts.peak_in_flight,
        ),
        ("received_total", "counter", "Requests that arrived.", counts.received),
        (
            "answered_total",
            "counter",
            "Requests that got the page.",
            counts.answered,
        ),
        (
            "failed_total",
            "counter",
            "Requests that failed as planned.",
            counts.failed,
        ),
        (
            "rejected_total",
            "counter",
            "Requests rejected because the server was full.",
            counts.rejected,
        ),
        (
            "aborted_total",
            "counter",
            "Requests whose client closed the connection before the response.",
            counts.aborted,
        ),
    ] {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "# HELP slow_server_{name} {help}\n# TYPE slow_server_{name} {kind}\n\
             slow_server_{name} {value}\n"
        );
    }
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text)
}
