//! Connections that are too many, too large or idle, and the listeners that they come to.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use slow_server::{Config, Limits, WhenFull};

use crate::common::{
    PAGE, PATIENCE, gated, read_to_end, send, wait_for_counts, with_limits,
};

#[test]
fn a_header_or_a_body_that_is_too_large_is_refused() {
    let (server, _) = with_limits(Limits::default());
    let filler = "x".repeat(64 * 1024);
    let header = format!("GET / HTTP/1.1\r\nhost: x\r\nfiller: {filler}\r\n\r\n");
    let body = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n";
    let too_large = read_to_end(send(server.address(), body.as_bytes()));
    assert!(too_large.starts_with("HTTP/1.1 413"), "{too_large}");
    // The response can be lost to the reset that the unread rest of the header causes.
    let too_large = read_to_end(send(server.address(), header.as_bytes()));
    assert!(
        too_large.is_empty() || too_large.starts_with("HTTP/1.1 431"),
        "{too_large}"
    );
    assert_eq!(server.stats().counts().received, 0);
}

#[test]
fn connections_beyond_the_bound_wait_and_are_then_served() {
    let (server, gate) = with_limits(Limits { connections: 2, ..Limits::default() });
    let three = [
        send(server.address(), PAGE),
        send(server.address(), PAGE),
        send(server.address(), PAGE),
    ];
    wait_for_counts(&server, |counts| counts.in_flight == 2);
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(server.stats().counts().received, 2);
    gate.open();
    for stream in three {
        assert!(read_to_end(stream).ends_with("Hello!"));
    }
    assert_eq!(server.stats().counts().answered, 3);
}

/// Long before the time limit for idle connections.
#[test]
fn idle_connections_close_when_others_wait_for_a_permit() {
    let hour = Duration::from_hours(1);
    let limits = Limits { connections: 3, header: hour, ..Limits::default() };
    let (server, gate) = with_limits(limits);
    gate.open();
    let keep_alive = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    let streams: Vec<_> =
        (0..12).map(|_| send(server.address(), keep_alive)).collect();
    for mut stream in &streams {
        stream.read_exact(&mut [0; b"HTTP/1.1 200 OK".len()]).unwrap();
    }
    assert_eq!(server.stats().counts().answered, 12);
}

/// As many as there are permits, each with one request after another: none has to wait, so
/// none is closed.
#[test]
fn connections_that_all_have_a_permit_stay_open() {
    let (server, gate) = with_limits(Limits { connections: 3, ..Limits::default() });
    gate.open();
    let mut streams = [
        send(server.address(), b""),
        send(server.address(), b""),
        send(server.address(), b""),
    ];
    for _ in 0..200 {
        for stream in &mut streams {
            stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"Hello!") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                head.push(byte[0]);
            }
            let head = String::from_utf8(head).unwrap();
            assert!(!head.contains("connection: close"), "{head}");
        }
    }
    assert_eq!(server.stats().counts().answered, 600);
}

#[test]
fn a_client_that_disconnects_is_counted_as_aborted() {
    let (server, _gate) = with_limits(Limits::default());
    let stream = send(server.address(), PAGE);
    wait_for_counts(&server, |counts| counts.in_flight == 1);
    drop(stream);
    wait_for_counts(&server, |counts| counts.in_flight == 0 && counts.aborted == 1);
}

#[test]
fn shutdown_closes_whatever_is_open() {
    let drain = Duration::from_millis(200);
    let (server, _gate) = with_limits(Limits { drain, ..Limits::default() });
    let idle = send(server.address(), b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
    let silent = send(server.address(), b"");
    let half = send(server.address(), b"GET / HTT");
    let waiting = send(server.address(), PAGE);
    wait_for_counts(&server, |counts| counts.in_flight == 1);
    // Returns when the server has ended; the responses are held back forever.
    drop(server);
    for stream in [idle, silent, half, waiting] {
        assert!(!read_to_end(stream).contains("Hello!"));
    }
}

/// Nothing accepts here, so all of them have to fit into the backlog.
#[tokio::test]
async fn a_thousand_at_once_fit_into_the_backlog() {
    slow_server::raise_open_files();
    let listener = slow_server::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let connect = |_| TcpStream::connect_timeout(&address, PATIENCE / 2).unwrap();
    let began = Instant::now();
    let connections: Vec<_> = (0..1000).map(connect).collect();
    // A dropped SYN is sent again after a second, and for ever.
    assert!(began.elapsed() < PATIENCE / 2, "{} connected", connections.len());
}

/// N + 1 requests for N permits: exactly one is rejected, and a client that disconnects
/// frees a permit for the next.
#[test]
fn one_request_too_many_is_rejected_until_a_client_disconnects() {
    let permits = 3;
    let config = Config {
        max_concurrent: NonZeroUsize::new(permits),
        when_full: WhenFull::Reject,
        ..Config::default()
    };
    let (server, gate) = gated(config);
    let mut streams: Vec<_> =
        (0..=permits).map(|_| send(server.address(), PAGE)).collect();
    wait_for_counts(&server, |counts| {
        counts.in_flight == permits && counts.rejected == 1
    });
    // Which request was one too many is up to the server; it has a response now.
    let mut byte = [0];
    let answered: Vec<_> = streams
        .extract_if(.., |stream| {
            stream.set_nonblocking(true).unwrap();
            let is_answered = stream.peek(&mut byte).is_ok();
            stream.set_nonblocking(false).unwrap();
            is_answered
        })
        .collect();
    let [rejected]: [TcpStream; 1] = answered.try_into().unwrap();
    let rejected = read_to_end(rejected).to_lowercase();
    assert!(rejected.starts_with("http/1.1 503"), "{rejected}");
    assert!(rejected.contains("retry-after: 3"), "{rejected}");

    drop(streams.pop());
    wait_for_counts(&server, |counts| counts.aborted == 1);
    streams.push(send(server.address(), PAGE));
    wait_for_counts(&server, |counts| counts.in_flight == permits);
    gate.open();
    for stream in streams {
        assert!(read_to_end(stream).ends_with("Hello!"));
    }
    let counts = server.stats().counts();
    assert_eq!((counts.rejected, counts.aborted, counts.answered), (1, 1, permits));
}

/// macOS has only 127.0.0.1 at first.
#[cfg(not(target_os = "macos"))]
#[test]
fn a_server_with_several_addresses_is_the_same_at_each() {
    let addresses = NonZeroUsize::new(3).unwrap();
    let (server, gate) = with_limits(Limits { addresses, ..Limits::default() });
    gate.open();
    let first = server.address();
    let at = |last| std::net::SocketAddr::from(([127, 0, 0, last], first.port()));
    for last in 1..=3 {
        let response = read_to_end(send(at(last), PAGE));
        assert!(response.ends_with("Hello!"), "{response}");
    }
    assert_eq!(server.stats().counts().answered, 3);
    assert!(TcpStream::connect(at(4)).is_err());
    let stats =
        b"GET /api/stats HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";
    let response = read_to_end(send(server.address(), stats));
    let all = [1, 2, 3].map(|last| format!("{:?}", at(last).to_string())).join(",");
    assert!(response.contains(&format!("\"addresses\":[{all}]")), "{response}");
}
