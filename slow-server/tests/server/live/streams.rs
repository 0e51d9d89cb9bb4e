//! Event streams as connections: how many, how long, and how they end.

use std::io::Read as _;
use std::net::TcpStream;
use std::time::Duration;

use slow_server::{Background, Config, Limits};

use crate::common::{send, wait_for_counts, wait_until, with_limits};

fn listen(server: &Background) -> TcpStream {
    send(server.address(), b"GET /api/events HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
}

/// Long before the time limit for responses in flight.
#[test]
fn streams_end_at_once_with_the_server() {
    let limits = Limits { drain: Duration::from_hours(1), ..Limits::default() };
    let server = Background::start(Config { limits, ..Config::default() }).unwrap();
    let mut streams: Vec<_> = (0..3).map(|_| listen(&server)).collect();
    for stream in &mut streams {
        stream.read_exact(&mut [0; 100]).unwrap();
    }
    // Returns when the server has ended.
    drop(server);
    for mut stream in streams {
        let mut rest = String::new();
        stream.read_to_string(&mut rest).unwrap();
        assert!(rest.ends_with("\r\n0\r\n\r\n"), "a whole response: {rest:?}");
    }
}

/// A page that only listens sends nothing more, and yet is not idle.
#[test]
fn a_stream_that_is_read_stays_open() {
    let short = Duration::from_millis(100);
    let limits = Limits { header: short, write: short, ..Limits::default() };
    let server = Background::start(Config { limits, ..Config::default() }).unwrap();
    let mut stream = listen(&server);
    let (mut waiting, mut received) = (Vec::new(), 0);
    for _ in 0..10 {
        std::thread::sleep(short);
        waiting.push(send(server.address(), b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"));
        received += 1;
        let count = format!("\"received\":{received},");
        let mut text = String::new();
        wait_until("the count is sent", || {
            let mut piece = [0; 4096];
            let length = stream.read(&mut piece).unwrap();
            assert!(length > 0, "it was cut after {text}");
            text.push_str(&String::from_utf8_lossy(&piece[..length]));
            text.contains(&count)
        });
    }
}

/// As of a tab that sleeps. Events to keep it alive do not extend its time.
#[test]
fn a_stream_that_is_not_read_is_cut() {
    const RUNS: usize = 63;
    let limits = Limits {
        write: Duration::from_millis(300),
        connections: RUNS + 1,
        ..Limits::default()
    };
    let delay = Duration::from_hours(1);
    let server =
        Background::start(Config { limits, delay, ..Config::default() }).unwrap();
    // So that a snapshot is large, and the buffers of the kernel soon full.
    let mut waiting = Vec::new();
    for run in 0..RUNS {
        let name = format!("{run}{}", "\u{e9}".repeat(36));
        let names = format!("x-client: {name}\r\nx-run: {name}\r\n");
        let ask = format!("GET / HTTP/1.1\r\nhost: x\r\n{names}\r\n");
        waiting.push(send(server.address(), ask.as_bytes()));
    }
    wait_for_counts(&server, |counts| counts.in_flight == RUNS);
    let asleep = listen(&server);
    socket2::SockRef::from(&asleep).set_recv_buffer_size(4096).unwrap();
    asleep.peek(&mut [0; 1]).unwrap();
    // All permits are taken, so this is served once the stream has been cut.
    let next = send(server.address(), b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
    next.set_nonblocking(true).unwrap();
    wait_until("the stream is cut", || {
        server.stats().reset();
        next.peek(&mut [0; 1]).is_ok()
    });
    assert_eq!(server.stats().counts().in_flight, RUNS, "no other was cut");
}

/// Else one laptop could have all of them, and the teacher's page none.
#[test]
fn one_address_has_only_so_many_event_streams() {
    let (server, _gate) = with_limits(Limits::default());
    let status = |stream: &mut TcpStream| {
        let mut status = [0; b"HTTP/1.1 200".len()];
        stream.read_exact(&mut status).unwrap();
        String::from_utf8_lossy(&status[9..]).into_owned()
    };
    let mut streams: Vec<_> = (0..16).map(|_| listen(&server)).collect();
    assert!(streams.iter_mut().all(|stream| status(stream) == "200"));
    assert_eq!(status(&mut listen(&server)), "503");
    // One that closes frees its permit.
    drop(streams.pop());
    wait_until("there is a permit again", || status(&mut listen(&server)) == "200");
}
