//! The page: wait for a permit, sleep, respond with `Hello!`.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, Method, Response, StatusCode};
use axum::response::IntoResponse;
use tokio::time::{Instant, sleep};

use crate::request_meta::{RequestMeta, UrlQuery, X_REQUEST, asked_for};
use crate::server::Server;
use units::{Localized, parse_duration};

/// The text of the page, which no other response has.
pub const PAGE_TEXT: &str = "Hello!";

/// The text of the 503 to a request that was planned to fail.
pub const PLANNED_FAILURE: &str = "This request failed as planned (--fail-rate).\n";

/// `GET /`, and the only code in this crate that serves it. `Err` is for `?` alone: both
/// are responses.
pub(crate) async fn page(
    State(server): State<Arc<Server>>,
    meta: RequestMeta,
    query: UrlQuery,
) -> Result<PageResponse, PageResponse> {
    let request = PageRequest::plan(&server, &meta, query)?;
    let PageRequest { number, delay, .. } = request;
    tracing::debug!(request = number, client = %meta.client, ?delay, "arrived");

    let ip = meta.peer.map(|peer| peer.ip());
    // Dropped before its end, because the client disconnected, it counts as aborted.
    let guard = server.stats.arrive(number, delay, meta);
    let Some(_share) = server.quota.acquire(ip) else {
        guard.reject();
        return Err(PageResponse::over_quota(number));
    };
    let Some(permit) = server.concurrency.acquire().await else {
        guard.reject();
        return Err(PageResponse::full(&request));
    };
    let mut guard = guard.start();
    match &server.config.gate {
        Some(gate) => gate.wait(number).await,
        // Tokio's timer rounds up: to sleep for nothing would take a millisecond.
        None if delay.is_zero() => {}
        None => {
            let begun = Instant::now();
            sleep(delay).await;
            guard.woke_late(begun.elapsed().saturating_sub(delay));
        }
    }
    guard.finish(request.fails);
    Ok(PageResponse::new(&request, permit.queued))
}

/// What one request for the page gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// Its number, from its client, or else in the order of arrival from 0.
    pub number: u64,
    /// How long it sleeps.
    pub delay: Duration,
    /// Whether it is planned to fail.
    pub fails: bool,
}

impl PageRequest {
    /// Plans a request that just arrived: by the schedule, unless it asks for `?delay=`.
    ///
    /// # Errors
    ///
    /// The response to a delay that is none, or longer than the server allows.
    pub fn plan(
        server: &Server,
        meta: &RequestMeta,
        Query(query): UrlQuery,
    ) -> Result<Self, PageResponse> {
        let arrival = server.next_arrival();
        let number = meta.number.unwrap_or(arrival);
        let asked = query
            .iter()
            .find(|(name, _)| name == "delay")
            .map(|(_, text)| {
                asked_delay(text, server.config.max_delay).map_err(|why| {
                    let path = format!("/?delay={text}");
                    server.stats.miss(meta, asked_for(&Method::GET, &path));
                    PageResponse::bad_request(number, why)
                })
            })
            .transpose()?;

        let planned = server.settings().schedule.response(number);
        Ok(Self {
            number,
            delay: asked.unwrap_or(planned.delay),
            fails: planned.fails,
        })
    }
}

fn asked_delay(text: &str, longest: Duration) -> Result<Duration, String> {
    match parse_duration(text) {
        Ok(delay) if delay <= longest => Ok(delay),
        Ok(_) => Err(format!(
            "delay: at most {} (--max-delay of this server)\n",
            humantime::format_duration(longest)
        )),
        Err(Localized { en: why, .. }) => Err(format!("delay: {why}\n")),
    }
}

/// The response to a request for the page: which request it is for, and where its time went.
#[derive(Debug)]
pub struct PageResponse {
    status: StatusCode,
    text: Cow<'static, str>,
    // In seconds.
    retry_after: Option<u64>,
    number: u64,
    queued: Duration,
    slept: Duration,
}

impl PageResponse {
    /// After the delay of a request that was queued before: the page, or its planned 503.
    #[must_use]
    pub fn new(request: &PageRequest, queued: Duration) -> Self {
        let (status, text) = if request.fails {
            (StatusCode::SERVICE_UNAVAILABLE, PLANNED_FAILURE)
        } else {
            (StatusCode::OK, PAGE_TEXT)
        };
        let slept = request.delay;
        Self { queued, slept, ..Self::immediate(status, text, request.number) }
    }

    /// To a request that found no permit, for at least the delay of those that hold them.
    #[must_use]
    pub fn full(request: &PageRequest) -> Self {
        let started = u64::from(request.delay.subsec_nanos() > 0);
        let seconds = (request.delay.as_secs() + started).max(1);
        let unavailable = StatusCode::SERVICE_UNAVAILABLE;
        Self {
            retry_after: Some(seconds),
            ..Self::immediate(unavailable, "The server is full.\n", request.number)
        }
    }

    fn over_quota(number: u64) -> Self {
        let text = "Your address has too many requests in flight (--per-address).\n";
        let unavailable = StatusCode::SERVICE_UNAVAILABLE;
        Self { retry_after: Some(1), ..Self::immediate(unavailable, text, number) }
    }

    fn bad_request(number: u64, why: String) -> Self {
        Self::immediate(StatusCode::BAD_REQUEST, why, number)
    }

    fn immediate(
        status: StatusCode,
        text: impl Into<Cow<'static, str>>,
        number: u64,
    ) -> Self {
        let (queued, slept) = (Duration::ZERO, Duration::ZERO);
        Self { status, text: text.into(), retry_after: None, number, queued, slept }
    }
}

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

impl From<PageResponse> for Response<Bytes> {
    fn from(page: PageResponse) -> Self {
        let mut response = Self::new(match page.text {
            Cow::Borrowed(text) => Bytes::from_static(text.as_bytes()),
            Cow::Owned(text) => Bytes::from(text),
        });
        *response.status_mut() = page.status;
        let headers = response.headers_mut();
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        headers.insert(CONTENT_TYPE, plain);
        let mut number = HeaderValue::from(page.number);
        // HPACK would index it, though no other response has the same.
        number.set_sensitive(true);
        headers.insert(X_REQUEST, number);
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
        let (queued, slept) = (millis(page.queued), millis(page.slept));
        let timing = format!("queue;dur={queued:.3}, wait;dur={slept:.3}");
        if let Ok(timing) = HeaderValue::try_from(timing) {
            headers.insert(SERVER_TIMING, timing);
        }
        if let Some(seconds) = page.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl IntoResponse for PageResponse {
    fn into_response(self) -> Response<Body> {
        Response::<Bytes>::from(self).map(Body::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_milliseconds_to_the_microsecond() {
        let delay = Duration::from_millis(2001);
        let request = PageRequest { number: 17, delay, fails: false };
        let queued = Duration::from_micros(12);
        let page = Response::<Bytes>::from(PageResponse::new(&request, queued));
        let timing = "queue;dur=0.012, wait;dur=2001.000";
        assert_eq!(page.headers()[SERVER_TIMING], timing);
        let full = Response::<Bytes>::from(PageResponse::full(&request));
        assert_eq!(full.headers()[RETRY_AFTER], "3");
    }

    #[test]
    fn a_planned_failure_is_told_in_a_line() {
        let request = PageRequest { number: 3, delay: Duration::ZERO, fails: true };
        let failure =
            Response::<Bytes>::from(PageResponse::new(&request, Duration::ZERO));
        assert_eq!(
            failure.body(),
            "This request failed as planned (--fail-rate).\n"
        );
    }
}
