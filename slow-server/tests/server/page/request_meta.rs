//! The headers of a request: what is accepted, and what is ignored.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, Uri};
use proptest::prelude::*;
use slow_server::RequestMeta;

const YEAR: Duration = Duration::from_hours(365 * 24);

fn meta(name: &'static str, value: &[u8]) -> RequestMeta {
    let mut headers = HeaderMap::new();
    headers.insert(name, HeaderValue::from_bytes(value).unwrap());
    RequestMeta::new(&headers, &Uri::default(), None)
}

fn client(url: &'static str, headers: &[(&'static str, &str)]) -> String {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    let meta = RequestMeta::new(&map, &Uri::from_static(url), None);
    meta.client.as_str().to_owned()
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
    let meta = RequestMeta::new(&headers, &Uri::default(), None);
    assert_eq!((meta.client.as_str(), meta.run.as_str()), ("a", "b"));
    assert_eq!(meta.number, Some(17));
    assert_eq!(meta.ideal, Some(Duration::from_millis(1600)));
}

#[test]
fn a_client_is_named_by_its_header_its_url_or_its_program() {
    let (x_client, agent) = (("x-client", "Anna"), ("user-agent", "curl/8.5.0"));
    let in_url = "/?delay=1s&client=%E5%B0%8F+%E7%8E%8B&client=b";
    assert_eq!(client(in_url, &[x_client, agent]), "Anna");
    assert_eq!(client(in_url, &[("x-client", ""), agent]), "小 王");
    assert_eq!(client("/?delay=1s", &[agent]), "curl/8.5.0");
    assert_eq!(client("/?client=", &[agent]), "curl/8.5.0");
    assert_eq!(client("/?delay=1s", &[]), "");
    assert_eq!(client("/?client=%1b[2J%ff", &[]), "\u{fffd}[2J\u{fffd}");
    let long = "x".repeat(50);
    assert_eq!(client("/", &[("user-agent", &long)]), "x".repeat(40));
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
