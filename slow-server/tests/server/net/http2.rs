//! HTTP/2: many requests on one connection, each with its own response.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::io::Read as _;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::{HeaderMap, Method, StatusCode};
use h2::Reason;
use slow_server::{Background, Config, WhenFull};
use tokio::net::TcpStream;
use tokio_util::io::InspectReader;

use crate::common::http2::{Client, WINDOW, whole};
use crate::common::{HTTP2_HELLO, gated, read_to_end, send, wait_for_counts};

#[test]
fn http_2_is_spoken_on_the_same_port() {
    let server = Background::start(Config::default()).unwrap();
    // The server's own settings come back.
    let mut stream = send(server.address(), HTTP2_HELLO);
    let mut frame = [0; 9];
    stream.read_exact(&mut frame).unwrap();
    assert_eq!(frame[3], 4, "a SETTINGS frame: {frame:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_request_has_the_response_of_its_number() {
    let config = Config {
        delay: Duration::from_millis(5),
        jitter: Duration::from_millis(60),
        fail_rate: 0.3,
        seed: 3,
        ..Config::default()
    };
    let schedule = config.schedule();
    let server = Background::start(config).unwrap();
    let client = Client::connect(server.address()).await;
    let mut asked = Vec::new();
    for number in 0..90 {
        asked.push(client.get("/", number).await);
    }
    for (number, response) in (0..).zip(asked) {
        let (head, body) = whole(response).await;
        let planned = schedule.response(number);
        let status = if planned.fails { 503 } else { 200 };
        assert_eq!(head.status(), status);
        assert_eq!(body == b"Hello!", !planned.fails);
        assert_eq!(head.headers()["x-request"], number.to_string());
        let timing = head.headers()["server-timing"].to_str().unwrap();
        let (_, waited) = timing.split_once("wait;dur=").unwrap();
        let delay_ms = planned.delay.as_secs_f64() * 1e3;
        // Cut to the microsecond.
        assert!(
            (waited.parse::<f64>().unwrap() - delay_ms).abs() < 0.002,
            "{timing}"
        );
    }
    let counts = server.stats().counts();
    assert_eq!(counts.answered + counts.failed, 90);
    assert_eq!(counts.in_flight + counts.queued + counts.aborted, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn hpack_indexes_a_server_timing_that_repeats() {
    let config = Config { delay: Duration::from_millis(1), ..Config::default() };
    let server = Background::start(config).unwrap();
    let received = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&received);
    let stream = TcpStream::connect(server.address()).await.unwrap();
    let stream = InspectReader::new(stream, move |bytes| {
        counter.fetch_add(bytes.len(), Ordering::Relaxed);
    });
    let client = Client::handshake(stream, server.address(), WINDOW).await;
    let mut lengths = Vec::new();
    for path in ["/"; 22].into_iter().chain(["/?delay=2ms"]) {
        let before = received.load(Ordering::Relaxed);
        whole(client.get(path, 0).await).await;
        lengths.push(received.load(Ordering::Relaxed) - before);
    }
    let [first, again @ .., others] = &lengths[..] else { panic!() };
    // The date is another once a second, so not each of them is the shortest.
    let again = again.iter().min().unwrap();
    // `queue;dur=0.000, wait;dur=1.000` is 31 letters, of which each takes 5 bits or more.
    assert!(again + 19 < *first && again + 19 < *others, "{lengths:?}");
}

/// Without what depends on the protocol.
fn comparable(headers: &HeaderMap) -> BTreeMap<String, String> {
    let of_the_protocol =
        ["content-length", "connection", "date", "transfer-encoding"];
    headers
        .iter()
        .filter(|(name, _)| !of_the_protocol.contains(&name.as_str()))
        // How long it was queued differs each time.
        .map(|(name, value)| {
            let value = value.to_str().unwrap();
            let value = value.split("wait;").last().unwrap_or(value);
            (name.to_string(), value.to_owned())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_as_over_http1() {
    let config = Config { delay: Duration::from_millis(1), ..Config::default() };
    let server = Background::start(config).unwrap();
    let client = Client::connect(server.address()).await;
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, "/?delay=2ms"),
        (Method::GET, "/?delay=nonsense"),
        (Method::GET, "/?delay=1h"),
        (Method::HEAD, "/"),
        (Method::POST, "/"),
        (Method::GET, "/healthz"),
        (Method::GET, "/nowhere"),
        (Method::GET, "/dashboard"),
        (Method::GET, "/api/schedule?requests=3"),
    ] {
        let (response, _) = client.send(method.clone(), path, 7).await;
        let (head, body) = whole(response).await;

        let address = server.address();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nx-request: 7\r\n\
             connection: close\r\n\r\n"
        );
        let old = read_to_end(send(address, request.as_bytes()));
        let (old_head, old_body) = old.split_once("\r\n\r\n").unwrap();
        let mut lines = old_head.lines();
        let status = format!("HTTP/1.1 {}", head.status());
        assert_eq!(lines.next().unwrap(), status, "{method} {path}");
        let mut headers = HeaderMap::new();
        for line in lines {
            let (name, value) = line.split_once(": ").unwrap();
            let name: axum::http::HeaderName = name.parse().unwrap();
            headers.append(name, value.parse().unwrap());
        }
        let of_both = [head.headers(), &headers].map(comparable);
        assert_eq!(of_both[0], of_both[1], "{method} {path}");
        assert!(head.headers().contains_key("date"), "{method} {path}");
        // It may come in chunks, each with its length before it.
        let body = String::from_utf8_lossy(&body);
        assert!(old_body.contains(&*body), "{method} {path}: {old_body}");
    }
}

/// A long file, to a client that reads a little at a time.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_response_is_whole_however_slowly_it_is_read() {
    let server = Background::start(Config::default()).unwrap();
    let stream = TcpStream::connect(server.address()).await.unwrap();
    let client = Client::handshake(stream, server.address(), 100).await;
    let (head, slowly) = whole(client.get("/dashboard", 0).await).await;
    assert_eq!(head.status(), StatusCode::OK);
    let client = Client::connect(server.address()).await;
    let at_once = whole(client.get("/dashboard", 0).await).await.1;
    assert_eq!(slowly, at_once);
    assert!(slowly.len() > 1000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_reset_gives_its_permit_to_the_next() {
    for when_full in [WhenFull::Queue, WhenFull::Reject] {
        let config = Config {
            delay: Duration::from_hours(1),
            max_concurrent: Some(NonZeroUsize::MIN),
            when_full,
            ..Config::default()
        };
        let server = Background::start(config).unwrap();
        let client = Client::connect(server.address()).await;
        let (_first, mut way) = client.send(Method::GET, "/", 0).await;
        wait_for_counts(&server, |counts| counts.in_flight == 1);
        let second = client.get("/", 1).await;
        if when_full == WhenFull::Reject {
            let (head, _) = whole(second).await;
            assert_eq!(head.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(head.headers()["retry-after"], "3600");
            way.send_reset(Reason::CANCEL);
            wait_for_counts(&server, |counts| counts.aborted == 1);
            let _third = client.get("/", 2).await;
            wait_for_counts(&server, |counts| counts.in_flight == 1);
        } else {
            wait_for_counts(&server, |counts| counts.queued == 1);
            way.send_reset(Reason::CANCEL);
            wait_for_counts(&server, |counts| {
                counts.aborted == 1 && counts.in_flight == 1 && counts.queued == 0
            });
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_is_reset_and_the_others_go_on() {
    let config = Config {
        delay: Duration::from_hours(1),
        jitter: Duration::from_hours(1),
        ..Config::default()
    };
    let server = Background::start(config).unwrap();
    let client = Client::connect(server.address()).await;
    let mut ways = Vec::new();
    for number in 0..50 {
        ways.push(client.send(Method::GET, "/", number).await);
    }
    wait_for_counts(&server, |counts| counts.in_flight == 50);
    for (_, way) in &mut ways[10..20] {
        way.send_reset(Reason::CANCEL);
    }
    wait_for_counts(&server, |counts| {
        (counts.aborted, counts.in_flight) == (10, 40)
    });
    drop(client);
    drop(ways);
    wait_for_counts(&server, |counts| (counts.aborted, counts.in_flight) == (50, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_flight_is_answered_when_the_server_ends() {
    let (server, gate) = gated(Config::default());
    let client = Client::connect(server.address()).await;
    let response = client.get("/", 0).await;
    wait_for_counts(&server, |counts| counts.in_flight == 1);
    let end = tokio::task::spawn_blocking(move || drop(server));
    gate.open();
    assert_eq!(whole(response).await.1, b"Hello!");
    end.await.unwrap();
    // It takes nothing more.
    let mut client = client;
    let more = poll_fn(|cx| client.sender.poll_ready(cx)).await;
    assert!(more.is_err() || client.sender.current_max_send_streams() == 0);
}
