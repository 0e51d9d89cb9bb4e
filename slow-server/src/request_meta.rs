//! The `x-client`, `x-run`, `x-run-id`, `x-request` and `x-ideal-ms` headers of a request, and the
//! name of a client that sends none.

use std::convert::Infallible;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts, Query};
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, Uri};
use units::is_printable;

/// The number of a request, in its header and in that of its response.
pub(crate) const X_REQUEST: HeaderName = HeaderName::from_static("x-request");
const X_CLIENT: HeaderName = HeaderName::from_static("x-client");
const X_RUN: HeaderName = HeaderName::from_static("x-run");
const X_RUN_ID: HeaderName = HeaderName::from_static("x-run-id");
const X_IDEAL_MS: HeaderName = HeaderName::from_static("x-ideal-ms");

/// The parameters of a URL, in order. Decoding them cannot fail.
pub type UrlQuery = Query<Vec<(String, String)>>;

/// An extractor that never fails: a header that is malformed is ignored, and of a header that
/// is there twice, the first counts.
#[derive(Debug, Clone, Default)]
pub struct RequestMeta {
    /// The name of its client: `x-client`, or `?client=` of the URL, which is simpler to type, or
    /// its User-Agent; empty without any of them.
    pub client: SanitizedName,
    /// Which of the client's runs it belongs to; empty without `x-run`.
    pub run: SanitizedName,
    /// Tells runs of the same name apart; empty without `x-run-id`.
    pub run_id: SanitizedName,
    /// Its number within the run.
    pub number: Option<u64>,
    /// The ideal time of its whole run, by its client. Only the client knows how it
    /// distributes its requests: chunks and single requests look alike from here.
    pub ideal: Option<Duration>,
    /// The other end of its connection; `None` without a socket.
    pub peer: Option<SocketAddr>,
}

impl RequestMeta {
    /// Reads the headers and the URL of a request from `peer`.
    #[must_use]
    pub fn new(headers: &HeaderMap, uri: &Uri, peer: Option<SocketAddr>) -> Self {
        let name = |name| {
            SanitizedName::new(
                headers.get(name).map_or(&[], |value| value.as_bytes()),
            )
        };
        let client =
            name(X_CLIENT).or_else(|| in_url(uri)).or_else(|| name(USER_AGENT));
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        Self {
            client,
            run: name(X_RUN),
            run_id: name(X_RUN_ID),
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
        let peer = peer.map(|&ConnectInfo(peer)| peer);
        Ok(Self::new(&parts.headers, &parts.uri, peer))
    }
}

/// The name in `/?client=NAME`.
fn in_url(uri: &Uri) -> SanitizedName {
    // Most URLs have no query, and then there is nothing to decode.
    let query = uri.query().and_then(|_| UrlQuery::try_from_uri(uri).ok());
    let Query(query) = query.unwrap_or_default();
    let client = query.iter().find(|(name, _)| name == "client");
    client.map_or_else(SanitizedName::default, |(_, client)| {
        SanitizedName::new(client.as_bytes())
    })
}

/// The longest ideal that is accepted.
const LONGEST_IDEAL: Duration = Duration::from_hours(365 * 24);

/// Reads `1600` or `1234.567`.
fn milliseconds(text: &str) -> Option<Duration> {
    // A float alone could also be `inf`, `nan`, `1e9` or `-0`.
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let ms: f64 = text.parse().ok().filter(|_| is_plain)?;
    let ideal = Duration::try_from_secs_f64(ms / 1e3).ok()?;
    (ideal <= LONGEST_IDEAL).then_some(ideal)
}

/// The most characters of a name that are kept.
const LONGEST_NAME: usize = 40;

/// A name from a client, safe to print on a terminal: at most 40 characters, on one line,
/// without control characters. It can still hold `<` and `"`: in HTML it has to be escaped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SanitizedName(String);

impl SanitizedName {
    /// From the value of a header.
    #[must_use]
    pub fn new(value: &[u8]) -> Self {
        Self(sanitized(&String::from_utf8_lossy(value), LONGEST_NAME))
    }

    /// The name as it is shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// This one, or `other` if it is empty.
    fn or_else(self, other: impl FnOnce() -> Self) -> Self {
        if self.0.is_empty() { other() } else { self }
    }
}

/// The most characters of what was asked for that are kept.
const LONGEST_ASKED: usize = 80;

/// What a request asked for, such as `GET /foo`: as safe to print as a name.
pub(crate) fn asked_for(method: &Method, path: &str) -> String {
    sanitized(&format!("{method} {path}"), LONGEST_ASKED)
}

fn sanitized(text: &str, longest: usize) -> String {
    let sanitize = |c| if is_printable(c) { c } else { char::REPLACEMENT_CHARACTER };
    text.chars().take(longest).map(sanitize).collect()
}

impl fmt::Display for SanitizedName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_keeps_its_letters_and_loses_what_moves_the_cursor() {
        assert_eq!(
            SanitizedName::new("异步 <b>".as_bytes()).to_string(),
            "异步 <b>"
        );
        assert_eq!(
            SanitizedName::new(b"\x1b[2Ja\r\nb").to_string(),
            "\u{fffd}[2Ja\u{fffd}\u{fffd}b"
        );
        assert_eq!(
            SanitizedName::new("a\u{202e}b".as_bytes()).to_string(),
            "a\u{fffd}b"
        );
    }

    proptest! {
        #[test]
        fn a_name_is_short_and_on_one_line(bytes: Vec<u8>) {
            let name = SanitizedName::new(&bytes);
            let name = name.to_string();
            prop_assert!(name.chars().count() <= LONGEST_NAME);
            prop_assert!(name.chars().all(is_printable));
        }
    }
}
