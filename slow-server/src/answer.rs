//! What the page answers, and what every answer tells of itself.

use std::fmt::Write as _;
use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use hyper::body::Bytes;

/// The number of a request, in its header and in the header of its answer.
pub(crate) const X_REQUEST: HeaderName = HeaderName::from_static("x-request");
pub(crate) const SERVER_TIMING: HeaderName =
    HeaderName::from_static("server-timing");

/// Plain text, in the encoding of this file.
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";

/// The page.
pub(crate) fn page() -> Response<Bytes> {
    text(StatusCode::OK, "Hello!")
}

/// To a request that was planned to fail.
pub(crate) fn planned_failure() -> Response<Bytes> {
    text(StatusCode::SERVICE_UNAVAILABLE, "This request was planned to fail.\n")
}

/// To a request that found every place taken, which takes `delay` to change.
pub(crate) fn full(delay: Duration) -> Response<Bytes> {
    let mut response =
        text(StatusCode::SERVICE_UNAVAILABLE, "The server is full.\n");
    let seconds = delay.as_secs_f64().ceil().max(1.0);
    if let Ok(seconds) = HeaderValue::try_from(format!("{seconds:.0}")) {
        response.headers_mut().insert(RETRY_AFTER, seconds);
    }
    response
}

fn text(status: StatusCode, text: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(text.as_bytes()));
    *response.status_mut() = status;
    *response.headers_mut() = HeaderMap::with_capacity(6);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(TEXT));
    response
}

/// Adds what every answer of the page tells: which request it is for, and where its time
/// went.
pub(crate) fn tell(
    response: &mut Response<Bytes>,
    request: u64,
    queued: Duration,
    waited: Duration,
) {
    let headers = response.headers_mut();
    headers.insert(X_REQUEST, HeaderValue::from(request));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(timing) = HeaderValue::try_from(timing(queued, waited)) {
        headers.insert(SERVER_TIMING, timing);
    }
}

/// Milliseconds, to the microsecond. In whole numbers, which are written faster.
fn timing(queued: Duration, waited: Duration) -> String {
    let parts = |time: Duration| (time.as_millis(), time.as_micros() % 1000);
    let (queued, waited) = (parts(queued), parts(waited));
    let mut text = String::with_capacity(48);
    // Writing to a string cannot fail.
    let _ = write!(text, "queue;dur={}.{:03}", queued.0, queued.1);
    let _ = write!(text, ", wait;dur={}.{:03}", waited.0, waited.1);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_milliseconds_to_the_microsecond() {
        let (queued, waited) = (Duration::from_micros(12), Duration::from_secs(3));
        assert_eq!(timing(queued, waited), "queue;dur=0.012, wait;dur=3000.000");
    }
}
