//! Two thousand connections that are silent, or never finish their request.
//!
//! `guarantees/storm.rs` has the same under the time limits of the program.

use std::net::TcpStream;
use std::time::Duration;

use slow_server::{Background, Limits, ResponseGate};

use crate::common::{PAGE, read_to_end, send, wait_for_counts, with_limits};

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
fn server(timeout: Duration) -> (Background, ResponseGate) {
    slow_server::raise_open_files();
    with_limits(Limits { first_byte: timeout, header: timeout, ..Limits::default() })
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
    wait_for_counts(&server, |counts| counts.in_flight == GOOD);
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
        let response = read_to_end(stream);
        assert!(!response.contains("Hello!"), "{response}");
    }
    assert_eq!(server.stats().counts().received, 0);
}
