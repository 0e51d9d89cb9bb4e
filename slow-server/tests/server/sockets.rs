//! Connections that are slow, silent, too many or too large, on real sockets.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use slow_server::{Background, Config, Counts, Limits, ResponseGate, WhenFull};

use crate::common::{self, HTTP2_HELLO, HTTP2_PAGE, PAGE, PATIENCE, read_to_end};

fn server(limits: Limits) -> (Background, ResponseGate) {
    start(Config { limits, ..Config::default() })
}

fn start(config: Config) -> (Background, ResponseGate) {
    let gate = ResponseGate::default();
    let config = Config { gate: Some(gate.clone()), ..config };
    (Background::start(config).unwrap(), gate)
}

fn send(server: &Background, bytes: &[u8]) -> TcpStream {
    common::send(server.address(), bytes)
}

fn wait_until(server: &Background, is: impl Fn(Counts) -> bool) {
    common::wait_until("the server saw it", || is(server.stats().counts()));
}

#[test]
fn silent_and_half_sent_connections_are_closed() {
    let short = Duration::from_millis(100);
    let (server, _) =
        server(Limits { first_byte: short, header: short, ..Limits::default() });
    // Nothing; a part of HTTP/2's preface; a header without its end.
    for start in [
        &b""[..],
        b"PR",
        b"PRI",
        b"PRI * HTTP/2.0\r\n",
        b"GET / HTTP/1.1\r\nhost: x\r\n",
    ] {
        read_to_end(send(&server, start));
    }
    // Idle after an answer.
    let idle =
        read_to_end(send(&server, b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"));
    assert!(idle.starts_with("HTTP/1.1 200 OK"), "{idle}");
    assert_eq!(server.stats().counts().received, 0);
}

#[test]
fn a_header_or_a_body_that_is_too_large_is_refused() {
    let (server, _) = server(Limits::default());
    let filler = "x".repeat(64 * 1024);
    let header = format!("GET / HTTP/1.1\r\nhost: x\r\nfiller: {filler}\r\n\r\n");
    let body = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n";
    let too_large = read_to_end(send(&server, body.as_bytes()));
    assert!(too_large.starts_with("HTTP/1.1 413"), "{too_large}");
    // The answer can be lost to the reset that the unread rest of the header causes.
    let too_large = read_to_end(send(&server, header.as_bytes()));
    assert!(
        too_large.is_empty() || too_large.starts_with("HTTP/1.1 431"),
        "{too_large}"
    );
    assert_eq!(server.stats().counts().received, 0);
}

#[test]
fn http_2_is_spoken_on_the_same_port() {
    let (server, _) = server(Limits::default());
    // The server's own settings come back.
    let mut stream = send(&server, HTTP2_HELLO);
    let mut frame = [0; 9];
    stream.read_exact(&mut frame).unwrap();
    assert_eq!(frame[3], 4, "a SETTINGS frame: {frame:?}");
}

/// Answers each ping, and nothing else, until the server has closed the connection.
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
fn an_http_2_connection_that_wants_nothing_is_closed() {
    let short = Duration::from_millis(200);
    let (server, _) =
        server(Limits { header: short, write: short, ..Limits::default() });
    answer_pings(send(&server, HTTP2_HELLO));
}

#[test]
fn an_http_2_connection_that_wants_nothing_any_more_is_closed() {
    // The reason for which the page on stream 1 is taken back.
    const TAKE_BACK: &[u8] = b"\0\0\x04\x03\0\0\0\0\x01\0\0\0\x08";

    let short = Duration::from_millis(200);
    let limits = Limits { header: short, write: short, ..Limits::default() };
    let delay = Duration::from_millis(500);
    let config = Config { limits, delay, ..Config::default() };
    let server = Background::start(config).unwrap();
    let mut stream = send(&server, &[HTTP2_HELLO, HTTP2_PAGE].concat());
    wait_until(&server, |counts| counts.in_flight == 1);
    stream.write_all(TAKE_BACK).unwrap();
    answer_pings(stream);
    assert_eq!(server.stats().counts().aborted, 1);
}

#[test]
fn connections_beyond_the_bound_wait_and_are_then_served() {
    let (server, gate) = server(Limits { connections: 2, ..Limits::default() });
    let three = [send(&server, PAGE), send(&server, PAGE), send(&server, PAGE)];
    wait_until(&server, |counts| counts.in_flight == 2);
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(server.stats().counts().received, 2);
    gate.open();
    for stream in three {
        assert!(read_to_end(stream).ends_with("Hello!"));
    }
    assert_eq!(server.stats().counts().answered, 3);
}

/// Who has had an answer and stays makes room for those who wait, long before the time
/// limit for idle connections.
#[test]
fn idle_connections_leave_when_others_wait_for_a_seat() {
    let hour = Duration::from_hours(1);
    let limits = Limits { connections: 3, header: hour, ..Limits::default() };
    let (server, gate) = server(limits);
    gate.open();
    let staying = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    let streams: Vec<_> = (0..12).map(|_| send(&server, staying)).collect();
    for mut stream in &streams {
        stream.read_exact(&mut [0; b"HTTP/1.1 200 OK".len()]).unwrap();
    }
    assert_eq!(server.stats().counts().answered, 12);
}

/// As many as there are seats, each with one request after another: nobody waits, so
/// nobody is asked to leave.
#[test]
fn connections_that_all_have_a_seat_keep_it() {
    let (server, gate) = server(Limits { connections: 3, ..Limits::default() });
    gate.open();
    let mut streams = [send(&server, b""), send(&server, b""), send(&server, b"")];
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
fn a_client_that_goes_away_is_counted_as_aborted() {
    let (server, _gate) = server(Limits::default());
    let stream = send(&server, PAGE);
    wait_until(&server, |counts| counts.in_flight == 1);
    drop(stream);
    wait_until(&server, |counts| counts.in_flight == 0 && counts.aborted == 1);
}

#[test]
fn it_stops_whatever_is_open() {
    let drain = Duration::from_millis(200);
    let (server, _gate) = server(Limits { drain, ..Limits::default() });
    let idle = send(&server, b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
    let silent = send(&server, b"");
    let half = send(&server, b"GET / HTT");
    let waiting = send(&server, PAGE);
    wait_until(&server, |counts| counts.in_flight == 1);
    // Returns when the server has ended; the answers are held back for ever.
    drop(server);
    for stream in [idle, silent, half, waiting] {
        assert!(!read_to_end(stream).contains("Hello!"));
    }
}

/// Not by a time limit: there is nothing more to wait for.
#[test]
fn half_a_preface_that_was_all_is_closed_at_once() {
    let hour = Duration::from_hours(1);
    let (server, _) =
        server(Limits { first_byte: hour, header: hour, ..Limits::default() });
    for start in [&b"P"[..], b"PRI * HTTP/2.0\r\n", b"GET / HTTP/1.1\r\n"] {
        let stream = send(&server, start);
        stream.shutdown(Shutdown::Write).unwrap();
        assert_eq!(read_to_end(stream), "");
    }
}

/// Nobody accepts here, so all of them have to find room in the backlog.
#[tokio::test]
async fn a_thousand_at_once_find_room_in_the_backlog() {
    slow_server::raise_open_files();
    let listener = slow_server::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let connect = |_| TcpStream::connect_timeout(&address, PATIENCE / 2).unwrap();
    let began = Instant::now();
    let connections: Vec<_> = (0..1000).map(connect).collect();
    // The kernel tries again after a second, and for ever: that is what nobody should see.
    assert!(began.elapsed() < PATIENCE / 2, "{} connected", connections.len());
}

/// N + 1 requests for N places: exactly one is told to come again, and who leaves makes
/// room for the next.
#[test]
fn one_request_too_many_is_rejected_until_somebody_leaves() {
    let places = 3;
    let config = Config {
        max_concurrent: NonZeroUsize::new(places),
        when_full: WhenFull::Reject,
        ..Config::default()
    };
    let (server, gate) = start(config);
    let mut streams: Vec<_> = (0..=places).map(|_| send(&server, PAGE)).collect();
    wait_until(&server, |counts| counts.in_flight == places && counts.rejected == 1);
    // Whose request was one too many is the server's to decide; it has an answer now.
    let mut byte = [0];
    let told: Vec<_> = streams
        .extract_if(.., |stream| {
            stream.set_nonblocking(true).unwrap();
            let is_told = stream.peek(&mut byte).is_ok();
            stream.set_nonblocking(false).unwrap();
            is_told
        })
        .collect();
    let [told]: [TcpStream; 1] = told.try_into().unwrap();
    let told = read_to_end(told).to_lowercase();
    assert!(told.starts_with("http/1.1 503"), "{told}");
    assert!(told.contains("retry-after: 3"), "{told}");

    drop(streams.pop());
    wait_until(&server, |counts| counts.aborted == 1);
    streams.push(send(&server, PAGE));
    wait_until(&server, |counts| counts.in_flight == places);
    gate.open();
    for stream in streams {
        assert!(read_to_end(stream).ends_with("Hello!"));
    }
    let counts = server.stats().counts();
    assert_eq!((counts.rejected, counts.aborted, counts.answered), (1, 1, places));
}

#[test]
fn one_address_gets_its_share_and_is_told_when_it_wants_more() {
    let (server, gate) =
        server(Limits { per_address: NonZeroUsize::new(2), ..Limits::default() });
    let own = [send(&server, PAGE), send(&server, PAGE)];
    wait_until(&server, |counts| counts.in_flight == 2);
    // What is too long to be read at once, and what says nothing, is no way round it.
    let long =
        [&PAGE[..PAGE.len() - 2], b"x: ", &[b'x'; 4000], b"\r\n\r\n"].concat();
    assert!(read_to_end(send(&server, &long)).starts_with("HTTP/1.1 503"));
    assert_eq!(read_to_end(send(&server, b"")), "");
    for _ in 0..50 {
        let told = read_to_end(send(&server, PAGE));
        assert!(told.starts_with("HTTP/1.1 503"), "{told}");
        assert!(told.contains("retry-after: 1\r\n"), "{told}");
        assert!(told.ends_with("(--per-address).\r\n"), "{told}");
    }
    assert_eq!(server.stats().counts().received, 2);
    gate.open();
    for stream in own {
        assert!(read_to_end(stream).ends_with("Hello!"));
    }
    assert!(read_to_end(send(&server, PAGE)).ends_with("Hello!"));
}

/// Else one laptop could have all of them, and the teacher's page none.
#[test]
fn one_address_has_only_so_many_event_streams() {
    let (server, _gate) = server(Limits::default());
    let watch = b"GET /api/events HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";
    let status = |stream: &mut TcpStream| {
        let mut status = [0; b"HTTP/1.1 200".len()];
        stream.read_exact(&mut status).unwrap();
        String::from_utf8_lossy(&status[9..]).into_owned()
    };
    let mut streams: Vec<_> = (0..16).map(|_| send(&server, watch)).collect();
    assert!(streams.iter_mut().all(|stream| status(stream) == "200"));
    assert_eq!(status(&mut send(&server, watch)), "503");
    // One that closes makes room.
    drop(streams.pop());
    common::wait_until("there is room again", || {
        status(&mut send(&server, watch)) == "200"
    });
}

/// More than fit in the buffers of both sides, asked for and never read.
#[test]
fn a_client_that_takes_nothing_of_its_answer_is_cut() {
    let write = Duration::from_millis(100);
    let limits =
        Limits { write, per_address: NonZeroUsize::new(1), ..Limits::default() };
    let (server, gate) = server(limits);
    gate.open();
    let ask =
        "GET /api/schedule?requests=100000 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";
    let _stalled = send(&server, ask.repeat(200).as_bytes());
    // Its address may have one connection: when another is served, it has been cut.
    common::wait_until("the stalled connection is cut", || {
        read_to_end(send(&server, PAGE)).ends_with("Hello!")
    });
}

/// On macOS only 127.0.0.1 is there until it is told of more.
#[cfg(not(target_os = "macos"))]
#[test]
fn a_server_with_several_addresses_is_the_same_at_each() {
    let addresses = NonZeroUsize::new(3).unwrap();
    let (server, gate) = server(Limits { addresses, ..Limits::default() });
    gate.open();
    let first = server.address();
    let at = |last| std::net::SocketAddr::from(([127, 0, 0, last], first.port()));
    for last in 1..=3 {
        let answer = read_to_end(common::send(at(last), PAGE));
        assert!(answer.ends_with("Hello!"), "{answer}");
    }
    assert_eq!(server.stats().counts().answered, 3);
    assert!(TcpStream::connect(at(4)).is_err());
    let stats =
        b"GET /api/stats HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";
    let told = read_to_end(send(&server, stats));
    let all = [1, 2, 3].map(|last| format!("{:?}", at(last).to_string())).join(",");
    assert!(told.contains(&format!("\"addresses\":[{all}]")), "{told}");
}
