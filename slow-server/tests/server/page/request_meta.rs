//! The headers of a request: what is accepted, and what is ignored.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use proptest::prelude::*;
use slow_server::RequestMeta;

const YEAR: Duration = Duration::from_hours(365 * 24);

fn meta(name: &'static str, value: &[u8]) -> RequestMeta {
    let mut headers = HeaderMap::new();
    headers.insert(name, HeaderValue::from_bytes(value).unwrap());
    RequestMeta::new(&headers, None)
}

fn ideal(text: &str) -> Option<Duration> {
    meta("x-ideal-ms", text.as_bytes()).ideal
}

#[test]
fn the_first_of_two_headers_counts() {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("x-client", "a"),
        ("x-run", "b"),
        ("x-request", "17"),
        ("x-ideal-ms", "1600"),
    ] {
        headers.append(name, HeaderValue::from_static(value));
        headers.append(name, HeaderValue::from_static("18"));
    }
    let meta = RequestMeta::new(&headers, None);
    assert_eq!((meta.client.as_str(), meta.run.as_str()), ("a", "b"));
    assert_eq!(meta.number, Some(17));
    assert_eq!(meta.ideal, Some(Duration::from_millis(1600)));
}

#[test]
fn a_number_that_is_none_is_not_there() {
    for text in ["c", "", "-7", "99999999999999999999"] {
        assert_eq!(meta("x-request", text.as_bytes()).number, None, "{text:?}");
    }
}

#[test]
fn a_plain_number_of_milliseconds_is_an_ideal() {
    assert_eq!(ideal("0"), Some(Duration::ZERO));
    assert_eq!(ideal("1600.000"), Some(Duration::from_millis(1600)));
    assert_eq!(ideal("1234.567"), Some(Duration::from_micros(1_234_567)));
    assert_eq!(ideal("31536000000"), Some(YEAR));
}

#[test]
fn nothing_else_is_accepted() {
    for text in [
        "",
        ".",
        "-1",
        "-0",
        "+1",
        "1e3",
        "inf",
        "nan",
        "NaN",
        "1,5",
        "1.5.2",
        " 1",
        "1 ",
        "1s",
        "0x10",
        "31536000001",
        "１",
        "soon",
    ] {
        assert_eq!(ideal(text), None, "{text:?}");
    }
    assert_eq!(ideal(&"9".repeat(400)), None);
}

proptest! {
    #[test]
    fn whatever_comes_an_ideal_is_at_most_a_year(
        text in "[0-9]{0,20}[.e]?[0-9]{0,3}|[^\\x00-\\x1f\\x7f]{0,20}",
    ) {
        prop_assert!(ideal(&text).is_none_or(|ideal| ideal <= YEAR));
    }
}
