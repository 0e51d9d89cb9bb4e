//! Two thousand connections that say nothing, or never finish what they say.
//!
//! `guarantees/storm.rs` has the same under the time limits of the program.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use slow_server::{Background, Config, Limits, ResponseGate};

use crate::common::{PAGE, read_to_end, send, wait_until};

const BAD: usize = 2000;
const GOOD: usize = 100;

/// What a bad connection sends before it falls silent.
const STARTS: [&[u8]; 5] = [
    b"",
    b"G",
    b"PRI * HT",
    b"GET / HTTP/1.1\r\n",
    b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx-request: 1",
];

/// A server that gives a connection this long to send its request.
fn server(patience: Duration) -> (Background, ResponseGate) {
    slow_server::raise_open_files();
    let gate = ResponseGate::default();
    let limits =
        Limits { first_byte: patience, header: patience, ..Limits::default() };
    let config = Config { limits, gate: Some(gate.clone()), ..Config::default() };
    (Background::start(config).unwrap(), gate)
}

fn bad(server: &Background) -> Vec<TcpStream> {
    let starts = STARTS.into_iter().cycle().take(BAD);
    starts.map(|start| send(server.address(), start)).collect()
}

#[test]
fn good_clients_are_served_beside_two_thousand_bad_ones() {
    let (server, gate) = server(Duration::from_hours(1));
    let bad = bad(&server);
    let good: Vec<_> = (0..GOOD).map(|_| send(server.address(), PAGE)).collect();
    wait_until("all good ones are in flight", || {
        server.stats().counts().in_flight == GOOD
    });
    gate.open();
    for stream in good {
        assert!(read_to_end(stream).ends_with("Hello!"));
    }
    for stream in &bad {
        stream.set_nonblocking(true).unwrap();
        let kind = stream.peek(&mut [0]).map_err(|error| error.kind());
        assert_eq!(kind, Err(std::io::ErrorKind::WouldBlock), "it is open");
    }
    assert_eq!(server.stats().counts().received, GOOD);
}

#[test]
fn two_thousand_bad_connections_are_all_closed_in_the_end() {
    let (server, _gate) = server(Duration::from_millis(100));
    for stream in bad(&server) {
        let answer = read_to_end(stream);
        assert!(!answer.contains("Hello!"), "{answer}");
    }
    assert_eq!(server.stats().counts().received, 0);
}

/// A byte now and then does not buy a header more time.
#[test]
fn a_header_that_drips_is_cut_as_well() {
    let (server, _gate) = server(Duration::from_millis(200));
    let mut stream = send(server.address(), b"GET / HTTP/1.1\r\nx: ");
    let mut bytes = 0;
    while stream.write_all(b"x").is_ok() {
        bytes += 1;
        assert!(bytes < 3000, "it is still open after a minute");
        std::thread::sleep(Duration::from_millis(20));
    }
}
