//! Every phase of a connection that stalls ends in time, over HTTP/1.1 and HTTP/2.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::num::NonZeroUsize;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use slow_server::{Background, Config, Limits, ResponseGate};

use crate::common::http2::Client;
use crate::common::{
    HTTP2_HELLO, HTTP2_PAGE, PAGE, PATIENCE, read_to_end, send, wait_for_counts,
    wait_until, with_limits,
};

/// Only the limit that a test is about is as short as this: on a busy machine it may well pass
/// before the client has done something else.
const SHORT: Duration = Duration::from_millis(200);

#[test]
fn silent_and_half_sent_connections_are_closed() {
    let limits = Limits { first_byte: SHORT, header: SHORT, ..Limits::default() };
    let (server, _) = with_limits(limits);
    // Nothing; a part of HTTP/2's preface; a header without its end.
    for start in [
        &b""[..],
        b"PR",
        b"PRI",
        b"PRI * HTTP/2.0\r\n",
        b"GET / HTTP/1.1\r\nhost: x\r\n",
    ] {
        read_to_end(send(server.address(), start));
    }
    // Idle after a response.
    let idle = read_to_end(send(
        server.address(),
        b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n",
    ));
    assert!(idle.starts_with("HTTP/1.1 200 OK"), "{idle}");
    assert_eq!(server.stats().counts().received, 0);
}

/// At the end of the stream, and not after a time limit.
#[test]
fn half_a_preface_without_more_to_come_is_closed_at_once() {
    let hour = Duration::from_hours(1);
    let limits = Limits { first_byte: hour, header: hour, ..Limits::default() };
    let (server, _) = with_limits(limits);
    for start in [&b"P"[..], b"PRI * HTTP/2.0\r\n", b"GET / HTTP/1.1\r\n"] {
        let stream = send(server.address(), start);
        stream.shutdown(Shutdown::Write).unwrap();
        assert_eq!(read_to_end(stream), "");
    }
}

#[test]
fn a_header_that_drips_is_cut_as_well() {
    let (server, _) = with_limits(Limits { header: SHORT, ..Limits::default() });
    drip(send(server.address(), b"GET / HTTP/1.1\r\nx: "), b"x");
}

/// A byte now and then does not extend a time limit.
fn drip(mut stream: TcpStream, byte: &[u8]) {
    let mut bytes = 0;
    while stream.write_all(byte).is_ok() {
        bytes += 1;
        assert!(bytes < 3000, "it is still open after a minute");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A server without a delay.
fn start(limits: Limits) -> Background {
    let delay = Duration::ZERO;
    Background::start(Config { limits, delay, ..Config::default() }).unwrap()
}

/// What must happen in the end.
async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap()
}

#[test]
fn a_body_that_never_comes_is_408() {
    let server = start(Limits { body: SHORT, ..Limits::default() });
    let post = "POST /api/settings HTTP/1.1\r\nhost: 127.0.0.1\r\n\
        content-type: application/json\r\n";
    for rest in [
        "content-length: 10\r\n\r\n{",
        "transfer-encoding: chunked\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\n5\r\n{",
        "content-length: 10\r\nexpect: 100-continue\r\n\r\n",
    ] {
        let request = format!("{post}{rest}");
        let response = read_to_end(send(server.address(), request.as_bytes()));
        let response = response.trim_start_matches("HTTP/1.1 100 Continue\r\n\r\n");
        assert!(response.starts_with("HTTP/1.1 408"), "{rest:?}: {response}");
    }
    // Where the body is not read, the response comes, and the connection is closed.
    let page = b"GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n";
    let response = read_to_end(send(server.address(), page));
    assert!(response.ends_with("Hello!"), "{response}");
}

#[test]
fn a_body_that_drips_is_cut_as_well() {
    let server = start(Limits { body: SHORT, ..Limits::default() });
    let post = b"POST /api/settings HTTP/1.1\r\nhost: 127.0.0.1\r\n\
        content-type: application/json\r\ncontent-length: 10000\r\n\r\n";
    drip(send(server.address(), post), b" ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_without_its_end_is_answered_or_408() {
    let server = start(Limits { body: SHORT, ..Limits::default() });
    let client = Client::connect(server.address()).await;
    for (method, path, status) in [
        (Method::GET, "/", StatusCode::OK),
        (Method::POST, "/api/settings", StatusCode::REQUEST_TIMEOUT),
    ] {
        let (response, _half_open) = client.send_head(method, path, 0, false).await;
        assert_eq!(soon(response).await.unwrap().status(), status, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_that_is_not_read_closes_its_connection() {
    // A window of nothing, and one that lets the beginning through.
    let paths = ["/dashboard", "/", "/nowhere", "/api/events"];
    for (path, window) in paths.into_iter().flat_map(|path| [(path, 0), (path, 3)]) {
        let gate = ResponseGate::exempt(7);
        gate.release(1);
        let limits = Limits { write: SHORT, ..Limits::default() };
        let gate = Some(gate);
        let config = Config { limits, gate, ..Config::default() };
        let server = Background::start(config).unwrap();
        let stream = tokio::net::TcpStream::connect(server.address()).await.unwrap();
        let client = Client::handshake(stream, server.address(), window).await;
        // Stays in flight, so that the connection is not idle.
        let in_flight = client.get("/", 7).await;
        let _unread = client.get(path, 0).await.await.unwrap();
        soon(in_flight).await.unwrap_err();
        wait_for_counts(&server, |counts| counts.aborted == 1);
    }
}

/// More than fit in the buffers of both sides, asked for and never read.
#[test]
fn a_client_that_reads_nothing_of_its_response_is_cut() {
    let per_address = NonZeroUsize::new(1);
    let limits = Limits { write: SHORT, per_address, ..Limits::default() };
    let (server, gate) = with_limits(limits);
    gate.open();
    let ask =
        "GET /api/schedule?requests=100000 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";
    let _stalled = send(server.address(), ask.repeat(200).as_bytes());
    // Its address may have one connection: when another is served, it has been cut.
    wait_until("the stalled connection is cut", || {
        read_to_end(send(server.address(), PAGE)).ends_with("Hello!")
    });
}

/// Its request waits, so it is not idle, but the client is gone.
#[test]
fn an_http_2_connection_that_answers_no_pings_is_closed() {
    // The beginning of a header on stream 3 that never ends.
    const HALF: &[u8] = b"\0\0\x03\x01\x01\0\0\0\x03\x82\x86\x84";
    for rest in [&b""[..], HALF] {
        let limits =
            Limits { header: SHORT, first_byte: SHORT * 5, ..Limits::default() };
        let (server, _) = with_limits(limits);
        let stream =
            send(server.address(), &[HTTP2_HELLO, HTTP2_PAGE, rest].concat());
        wait_for_counts(&server, |counts| counts.in_flight == 1);
        read_to_end(stream);
        wait_for_counts(&server, |counts| counts.aborted == 1);
    }
}

/// Acknowledges each ping, and sends nothing else, until the server has closed the connection.
fn answer_pings(mut stream: TcpStream) {
    let mut frame = [0; 9];
    let mut frames = 0;
    while stream.read_exact(&mut frame).is_ok() {
        frames += 1;
        assert!(frames < 500, "it stays for as long as it answers pings");
        let length = u32::from_be_bytes([0, frame[0], frame[1], frame[2]]);
        let mut payload = vec![0; length as usize];
        stream.read_exact(&mut payload).unwrap();
        let (kind, is_answer) = (frame[3], frame[4] & 1 == 1);
        if kind == 6 && !is_answer {
            frame[4] = 1;
            // The server may be closing by now.
            let _ = stream.write_all(&[&frame[..], &payload].concat());
        }
    }
}

#[test]
fn an_idle_http_2_connection_is_closed() {
    let limits = Limits { header: SHORT, write: SHORT, ..Limits::default() };
    let (server, _) = with_limits(limits);
    answer_pings(send(server.address(), HTTP2_HELLO));
}

#[test]
fn an_http_2_connection_is_closed_when_its_only_request_was_reset() {
    // RST_STREAM for the page on stream 1: CANCEL.
    const RESET: &[u8] = b"\0\0\x04\x03\0\0\0\0\x01\0\0\0\x08";

    let limits = Limits { header: SHORT, write: SHORT, ..Limits::default() };
    let delay = Duration::from_millis(500);
    let config = Config { limits, delay, ..Config::default() };
    let server = Background::start(config).unwrap();
    let mut stream = send(server.address(), &[HTTP2_HELLO, HTTP2_PAGE].concat());
    wait_for_counts(&server, |counts| counts.in_flight == 1);
    stream.write_all(RESET).unwrap();
    answer_pings(stream);
    assert_eq!(server.stats().counts().aborted, 1);
}
