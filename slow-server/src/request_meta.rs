//! What a request says of itself: the `x-client`, `x-run`, `x-request` and `x-ideal-ms`
//! headers, and the address that it came from.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};

use crate::sanitized_name::SanitizedName;

/// The number of a request, in its header and in that of its response.
pub(crate) const X_REQUEST: HeaderName = HeaderName::from_static("x-request");
const X_CLIENT: HeaderName = HeaderName::from_static("x-client");
const X_RUN: HeaderName = HeaderName::from_static("x-run");
const X_IDEAL_MS: HeaderName = HeaderName::from_static("x-ideal-ms");

/// An extractor that never fails: what a header says wrongly, it does not say. Of a header
/// that is there twice, the first counts.
#[derive(Debug, Clone, Default)]
pub struct RequestMeta {
    /// What its client calls itself; empty if it does not.
    pub client: SanitizedName,
    /// Which of the client's runs it belongs to; empty if it says nothing.
    pub run: SanitizedName,
    /// Its number within the run.
    pub number: Option<u64>,
    /// What the client says that its whole run should take. Only the client knows how it
    /// distributes its requests: chunks and single requests look alike from here.
    pub ideal: Option<Duration>,
    /// The other end of its connection; `None` without a socket.
    pub peer: Option<SocketAddr>,
}

impl RequestMeta {
    /// Reads the headers of a request from `peer`.
    #[must_use]
    pub fn new(headers: &HeaderMap, peer: Option<SocketAddr>) -> Self {
        let name = |name| {
            SanitizedName::new(
                headers.get(name).map_or(&[], |value| value.as_bytes()),
            )
        };
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        Self {
            client: name(X_CLIENT),
            run: name(X_RUN),
            number: text(X_REQUEST).and_then(|number| number.parse().ok()),
            ideal: text(X_IDEAL_MS).and_then(milliseconds),
            peer,
        }
    }
}

impl<S: Sync> FromRequestParts<S> for RequestMeta {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        _: &S,
    ) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self::new(&parts.headers, peer.map(|&ConnectInfo(peer)| peer)))
    }
}

/// The longest ideal that is believed: nobody watches a run for more than a year.
const LONGEST_IDEAL: Duration = Duration::from_hours(365 * 24);

/// Reads `1600` or `1234.567`. Anything else is shown to nobody, but no reason to refuse a
/// request.
fn milliseconds(text: &str) -> Option<Duration> {
    // A float alone could also be `inf`, `nan`, `1e9` or `-0`.
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let ms: f64 = text.parse().ok().filter(|_| is_plain)?;
    let ideal = Duration::try_from_secs_f64(ms / 1e3).ok()?;
    (ideal <= LONGEST_IDEAL).then_some(ideal)
}
