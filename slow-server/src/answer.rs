//! What the page answers, and what every answer tells of itself.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::Duration;

use axum::http::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, RETRY_AFTER,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use hyper::body::Bytes;

use crate::date;

/// The number of a request, in its header and in the header of its answer.
pub(crate) const X_REQUEST: HeaderName = HeaderName::from_static("x-request");
pub(crate) const SERVER_TIMING: HeaderName =
    HeaderName::from_static("server-timing");

/// What every answer has: it is plain text, in the encoding of this file, and not to be
/// taken for anything else.
const FIXED: [(HeaderName, &str); 2] = [
    (CONTENT_TYPE, "text/plain; charset=utf-8"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// An answer of the page: which request it is for, and where its time went.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    text: Cow<'static, str>,
    // In seconds.
    retry_after: Option<u64>,
    request: u64,
    queued: Duration,
    waited: Duration,
}

impl Answer {
    /// The page itself.
    pub(crate) fn page(request: u64) -> Self {
        Self::new(StatusCode::OK, "Hello!", request)
    }

    /// To a request that was planned to fail.
    pub(crate) fn planned_failure(request: u64) -> Self {
        let text = "This request was planned to fail.\n";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, text, request)
    }

    /// To a request that found every place taken, which takes `delay` to change.
    pub(crate) fn full(request: u64, delay: Duration) -> Self {
        let text = "The server is full.\n";
        let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
        Self {
            retry_after: Some(seconds.max(1)),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, text, request)
        }
    }

    /// To a request for what nobody can have.
    pub(crate) fn refusal(request: u64, why: String) -> Self {
        Self::new(StatusCode::BAD_REQUEST, why, request)
    }

    fn new(
        status: StatusCode,
        text: impl Into<Cow<'static, str>>,
        request: u64,
    ) -> Self {
        let (queued, waited) = (Duration::ZERO, Duration::ZERO);
        Self {
            status,
            text: text.into(),
            retry_after: None,
            request,
            queued,
            waited,
        }
    }

    /// The same, after so long in line and so long at a place.
    pub(crate) fn after(self, queued: Duration, waited: Duration) -> Self {
        Self { queued, waited, ..self }
    }

    /// How long its request stood in line and how long it had a place, as it tells.
    pub(crate) fn times(&self) -> (Duration, Duration) {
        (self.queued, self.waited)
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// As HTTP/1.1 writes it, to the last byte; `is_last` on its connection.
    ///
    /// In one go, since this is what is sent a hundred thousand times a second.
    pub(crate) fn written(&self, is_last: bool) -> Vec<u8> {
        let Self { status, text, retry_after, request, .. } = self;
        let reason = status.canonical_reason().unwrap_or_default();
        let mut out = String::with_capacity(384);
        for part in ["HTTP/1.1 ", status.as_str(), " ", reason] {
            out.push_str(part);
        }
        for (name, value) in FIXED {
            field(&mut out, &name, value);
        }
        // Writing to a string cannot fail.
        field(&mut out, &X_REQUEST, "");
        let _ = write!(out, "{request}");
        field(&mut out, &SERVER_TIMING, "");
        self.write_timing(&mut out);
        if let Some(seconds) = retry_after {
            field(&mut out, &RETRY_AFTER, "");
            let _ = write!(out, "{seconds}");
        }
        field(&mut out, &CONTENT_LENGTH, "");
        let _ = write!(out, "{}", text.len());
        field(&mut out, &DATE, date::now().to_str().unwrap_or_default());
        if is_last {
            field(&mut out, &CONNECTION, "close");
        }
        for part in ["\r\n\r\n", text] {
            out.push_str(part);
        }
        out.into_bytes()
    }

    /// Milliseconds, to the microsecond. In whole numbers, which are written faster.
    fn write_timing(&self, out: &mut String) {
        let parts = |time: Duration| (time.as_millis(), time.as_micros() % 1000);
        let (queued, waited) = (parts(self.queued), parts(self.waited));
        // Writing to a string cannot fail.
        let _ = write!(out, "queue;dur={}.{:03}", queued.0, queued.1);
        let _ = write!(out, ", wait;dur={}.{:03}", waited.0, waited.1);
    }
}

/// Begins a field after what is there, with all or the beginning of its value.
fn field(out: &mut String, name: &HeaderName, value: &str) {
    for part in ["\r\n", name.as_str(), ": ", value] {
        out.push_str(part);
    }
}

/// The same for a library, which adds what the protocol asks for.
impl From<Answer> for Response<Bytes> {
    fn from(answer: Answer) -> Self {
        let mut timing = String::with_capacity(48);
        answer.write_timing(&mut timing);
        let body = match answer.text {
            Cow::Borrowed(text) => Bytes::from_static(text.as_bytes()),
            Cow::Owned(text) => Bytes::from(text),
        };
        let mut response = Self::new(body);
        *response.status_mut() = answer.status;
        // With room for what is added.
        let mut headers = HeaderMap::with_capacity(6);
        for (name, value) in FIXED {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers.insert(X_REQUEST, HeaderValue::from(answer.request));
        if let Ok(timing) = HeaderValue::try_from(timing) {
            headers.insert(SERVER_TIMING, timing);
        }
        if let Some(seconds) = answer.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        *response.headers_mut() = headers;
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers() -> [Answer; 4] {
        let (queued, waited) = (Duration::from_micros(12), Duration::from_secs(3));
        [
            Answer::page(17).after(queued, waited),
            Answer::planned_failure(0),
            Answer::full(1, Duration::from_millis(2001)),
            Answer::refusal(2, "No 延迟.\n".to_owned()),
        ]
    }

    #[test]
    fn times_are_milliseconds_to_the_microsecond() {
        let [page, _, full, _] = answers().map(Response::<Bytes>::from);
        let timing = "queue;dur=0.012, wait;dur=3000.000";
        assert_eq!(page.headers()[SERVER_TIMING], timing);
        assert_eq!(full.headers()[RETRY_AFTER], "3");
    }

    /// A head as it is written, in the order of its fields, and where it ends.
    fn read(bytes: &[u8]) -> (u16, Vec<(String, String)>, usize) {
        let mut fields = [httparse::EMPTY_HEADER; 16];
        let mut head = httparse::Response::new(&mut fields);
        let length = head.parse(bytes).unwrap().unwrap();
        let text = |value: &[u8]| String::from_utf8(value.to_vec()).unwrap();
        let fields = head.headers.iter();
        let mut fields: Vec<_> =
            fields.map(|field| (field.name.to_owned(), text(field.value))).collect();
        fields.sort();
        (head.code.unwrap(), fields, length)
    }

    #[test]
    fn an_answer_is_the_same_however_it_is_sent() {
        for answer in answers() {
            let bytes = answer.written(false);
            let (code, mut written, length) = read(&bytes);
            written.retain(|(name, _)| name != "date");

            let mut response = Response::<Bytes>::from(answer);
            assert_eq!(code, response.status().as_u16());
            assert_eq!(bytes[length..], response.body()[..]);
            // The library adds this.
            let length = HeaderValue::from(response.body().len());
            response.headers_mut().insert(CONTENT_LENGTH, length);
            let sent = response.headers().iter();
            let mut sent: Vec<_> = sent
                .map(|(name, value)| {
                    (name.to_string(), value.to_str().unwrap().to_owned())
                })
                .collect();
            sent.sort();
            assert_eq!(written, sent);
        }
    }

    #[test]
    fn the_last_answer_of_a_connection_says_so() {
        let fields = |is_last| read(&Answer::page(1).written(is_last)).1;
        let close = ("connection".to_owned(), "close".to_owned());
        assert!(fields(true).contains(&close) && !fields(false).contains(&close));
        assert!(
            fields(false)
                .iter()
                .any(|(name, value)| { name == "date" && value.ends_with("GMT") })
        );
    }
}
