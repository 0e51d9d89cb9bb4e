//! What a request for the page asks for.

use std::time::{Duration, Instant};

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use hyper::body::Bytes;

use crate::answer::{self, X_REQUEST};
use crate::config::duration;
use crate::ideal;
use crate::label::Label;
use crate::live::Name;
use crate::slow::Slow;

/// What a client calls itself.
const X_CLIENT: HeaderName = HeaderName::from_static("x-client");
/// Which of the client's runs this is.
const X_RUN: HeaderName = HeaderName::from_static("x-run");

/// All that is needed to serve a request, without the request.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) arrived: Instant,
    /// Its number, as its client gave it, else as it arrived.
    pub(crate) request: u64,
    pub(crate) delay: Duration,
    /// Whether it is planned to fail.
    pub(crate) fails: bool,
    pub(crate) name: Name,
    /// What all of its run should take, if the client says so.
    pub(crate) ideal: Option<Duration>,
}

impl Order {
    /// Reads a request that came in just now.
    ///
    /// Errors: the answer to one that asks for what it cannot have. Boxed, since it is
    /// larger than an order, and rare.
    pub(crate) fn read(
        slow: &Slow,
        query: Option<&str>,
        headers: &HeaderMap,
    ) -> Result<Self, Box<Response<Bytes>>> {
        let arrived = Instant::now();
        let arrival = slow.next_arrival();
        let request = number(headers).unwrap_or(arrival);
        let asked = asked_delay(query, slow.config().max_delay)
            .map_err(|why| Box::new(refusal(request, why)))?;
        let turn = slow.settings().schedule.turn(request);
        let [client, run] = [X_CLIENT, X_RUN].map(|name| Label::of(headers, &name));
        let delay = asked.unwrap_or(turn.delay);
        tracing::debug!(request, %client, ?delay, "arrived");
        Ok(Self {
            arrived,
            request,
            delay,
            fails: turn.fails,
            name: Name { client, run },
            ideal: ideal::of(headers),
        })
    }
}

fn refusal(request: u64, why: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(why));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    let text = HeaderValue::from_static(answer::TEXT);
    response.headers_mut().insert(CONTENT_TYPE, text);
    answer::tell(&mut response, request, Duration::ZERO, Duration::ZERO);
    response
}

/// The number that the client gave its request.
fn number(headers: &HeaderMap) -> Option<u64> {
    headers.get(X_REQUEST)?.to_str().ok()?.parse().ok()
}

/// The delay in `?delay=500ms`, if there is one.
///
/// Errors: a sentence for the one who asked.
fn asked_delay(
    query: Option<&str>,
    most: Duration,
) -> Result<Option<Duration>, String> {
    let asked = query
        .into_iter()
        .flat_map(|query| query.split('&'))
        .find_map(|pair| pair.strip_prefix("delay="));
    let Some(text) = asked else { return Ok(None) };

    match duration(text) {
        Ok(delay) if delay <= most => Ok(Some(delay)),
        Ok(_) => Err(format!(
            "delay: the longest that this server allows is {} (--max-delay)\n",
            humantime::format_duration(most)
        )),
        Err(why) => Err(format!("delay: {why}\n")),
    }
}
