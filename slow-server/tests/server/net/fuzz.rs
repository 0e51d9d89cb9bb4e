//! Fuzzing: a hundred thousand malformed requests, each of which gets a response or is closed.

use std::io::Read as _;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::common::program::Program;
use crate::common::{PAGE, PATIENCE, read_to_end, send};

const CASES: usize = 100_000;

/// How many are sent side by side.
const SENDERS: usize = 8;

/// What is sent on one connection.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        1 => vec(any::<u8>(), 0..200),
        6 => (request(), vec(mutation(), 0..4)).prop_map(mutated),
        1 => (vec(request(), 2..5), vec(mutation(), 0..3))
            .prop_map(|(requests, mutations)| mutated((requests.concat(), mutations))),
        2 => (frames(), vec(mutation(), 0..2)).prop_map(mutated),
    ]
}

/// A request of HTTP/1, mostly out of parts that are wrong each in its own way.
fn request() -> impl Strategy<Value = Vec<u8>> {
    let method = select(vec![
        "GET", "GET", "HEAD", "POST", "OPTIONS", "CONNECT", "TRACE", "PRI", "get",
        "BREW", "", "G\0T", "GET GET", "PUT",
    ]);
    let target = select(vec![
        "/",
        "/",
        "/api/stats",
        "/api/stats/reset",
        "/api/settings",
        "/dashboard",
        "/metrics",
        "/healthz",
        "*",
        "",
        "//",
        "/../..",
        "/%00%ff",
        "/?delay=1ms",
        "/?delay=-1s",
        "/?delay=9e999s",
        "/?delay=99999999999999999999s",
        "/api/schedule",
        "/api/schedule?requests=7",
        "/api/schedule?requests=-1",
        "/api/schedule?requests=1&requests=2",
        "http://127.0.0.1/",
        "http://[::1",
        "127.0.0.1:80",
        "/\u{e9}",
        "/\x1b[2J",
    ]);
    let version = select(vec![
        "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9", "", "x",
    ]);
    let end = select(vec!["\r\n", "\r\n", "\r\n", "\n", "\r", "\n\r", ""]);
    let body = prop_oneof![Just(Vec::new()), vec(any::<u8>(), 0..64), chunks()];
    (method, target, version, vec(header(), 0..6), end, body).prop_map(
        |(method, target, version, headers, end, body)| {
            let lines = headers.iter().flat_map(|header| [header.as_str(), end]);
            let headers: String = lines.collect();
            let head = format!("{method} {target} {version}{end}{headers}{end}");
            [head.into_bytes(), body].concat()
        },
    )
}

fn header() -> impl Strategy<Value = String> {
    let nasty = select(vec![
        "host: 127.0.0.1",
        "host: 127.0.0.1",
        "host: a, b",
        "host:",
        "host: \x00",
        "content-length: 5",
        "content-length: -5",
        "content-length: 5, 6",
        "content-length: 99999999999999999999",
        "content-length: 1000000",
        "transfer-encoding: chunked",
        "transfer-encoding: chunked, gzip",
        "transfer-encoding: identity",
        "expect: 100-continue",
        "expect: tea",
        "connection: close",
        "connection: upgrade",
        "connection: keep-alive, host",
        "upgrade: h2c",
        "http2-settings: AAMAAABkAAQAAP__",
        "upgrade: websocket",
        "x-request: 7",
        "x-request: -7",
        "x-request: 99999999999999999999",
        "x-client: \x1b]0;title\x07",
        "x-client: \u{202e}evil",
        "x-run: ",
        "x-ideal-ms: 1e400",
        "x-ideal-ms: nan",
        "authorization: Bearer ",
        "authorization: Basic Og==",
        "origin: null",
        "origin: http://evil.example",
        "sec-fetch-site: cross-site",
        " folded: yes",
        "\tfolded",
        "no-colon",
        ": no-name",
        "a b: c",
        "range: bytes=0-0,0-0,0-0",
        "accept-encoding: gzip;q=nan",
        "te: trailers",
        "trailer: host",
    ]);
    prop_oneof![
        8 => nasty.prop_map(str::to_owned),
        1 => (1..40_000_usize).prop_map(|long| format!("long: {}", "x".repeat(long))),
        1 => (1..300_usize).prop_map(|many| "many: 1\r\n".repeat(many) + "last: 1"),
    ]
}

/// A chunked body, mostly not as it should be.
fn chunks() -> impl Strategy<Value = Vec<u8>> {
    let size = select(vec![
        "5",
        "0",
        "ffffffffffffffff",
        "-1",
        "5;ext=\"",
        "",
        "g",
        "00000005",
    ]);
    vec((size, vec(any::<u8>(), 0..8)), 0..4).prop_map(|chunks| {
        let chunk = |(size, data): (&str, Vec<u8>)| {
            [size.as_bytes(), b"\r\n", &data, b"\r\n"].concat()
        };
        chunks.into_iter().flat_map(chunk).collect()
    })
}

/// A connection of HTTP/2: its preface, then frames that may lie about their length.
fn frames() -> impl Strategy<Value = Vec<u8>> {
    let frame = (0..12_u8, any::<u8>(), 0..4_u32, vec(any::<u8>(), 0..40), 0..10_u8);
    let frame = frame.prop_map(|(kind, flags, stream, payload, lie)| {
        let length = u32::try_from(payload.len()).unwrap();
        let length = if lie == 0 { length + 9999 } else { length };
        let head =
            [&length.to_be_bytes()[1..], &[kind, flags], &stream.to_be_bytes()];
        [head.concat(), payload].concat()
    });
    vec(frame, 0..6).prop_map(|frames| {
        let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        let start = [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &settings].concat();
        [start, frames.concat()].concat()
    })
}

/// One fault of a connection.
#[derive(Debug, Clone)]
enum Mutation {
    Flip(Index, u8),
    Cut(Index),
    Insert(Index, Vec<u8>),
    Repeat(Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        (any::<Index>(), 1..=255_u8).prop_map(|(at, bits)| Mutation::Flip(at, bits)),
        any::<Index>().prop_map(Mutation::Cut),
        (any::<Index>(), vec(any::<u8>(), 1..9))
            .prop_map(|(at, bytes)| Mutation::Insert(at, bytes)),
        any::<Index>().prop_map(Mutation::Repeat),
    ]
}

fn mutated((mut bytes, mutations): (Vec<u8>, Vec<Mutation>)) -> Vec<u8> {
    for mutation in mutations {
        if bytes.is_empty() {
            break;
        }
        let length = bytes.len();
        match mutation {
            Mutation::Flip(at, bits) => bytes[at.index(length)] ^= bits,
            Mutation::Cut(at) => bytes.truncate(at.index(length)),
            Mutation::Insert(at, new) => {
                let at = at.index(length);
                bytes.splice(at..at, new);
            }
            Mutation::Repeat(at) => bytes.extend_from_within(at.index(length)..),
        }
    }
    bytes
}

/// The bytes of one case: always the same for the same number.
fn case(number: usize) -> Vec<u8> {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&(number as u64).to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    bytes().new_tree(&mut runner).unwrap().current()
}

/// Sends it all, closes the sending half, and reads until the server closes.
fn try_on(server: SocketAddr, number: usize) {
    let bytes = case(number);
    let mut stream = send(server, &bytes);
    close_with_reset(&stream);
    // The server may have closed already, which is what it is asked to do.
    let _ = stream.shutdown(Shutdown::Write);
    let mut response = Vec::new();
    let ended = stream.read_to_end(&mut response).map_err(|error| error.kind());
    // Closed, or reset: both are an end. Only a timeout is not.
    assert!(
        !matches!(
            ended,
            Err(std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut)
        ),
        "case {number} had no end within {PATIENCE:?}: {}",
        bytes.escape_ascii()
    );
}

/// Without this, each connection would keep a port for a minute after its end, and
/// there are fewer ports than cases.
fn close_with_reset(stream: &TcpStream) {
    socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO)).unwrap();
}

#[test]
fn a_hundred_thousand_malformed_requests_do_no_harm() {
    // No case may ask for a wait of its own.
    let mut server = Program::start(&["--delay", "0s", "--max-delay", "0s"]);
    let mut stderr = server.stderr();
    let log = thread::spawn(move || {
        let mut log = String::new();
        stderr.read_to_string(&mut log).unwrap();
        log
    });
    let address = server.address;
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..SENDERS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= CASES {
                        break;
                    }
                    try_on(address, number);
                    if number.is_multiple_of(1000) {
                        let page = read_to_end(send(address, PAGE));
                        assert!(page.ends_with("Hello!"), "after case {number}");
                    }
                }
            });
        }
    });

    let seen = server.stats();
    let count = |name: &str| seen[name].as_u64().unwrap();
    let ended = ["answered", "failed", "rejected", "aborted"].map(count);
    assert_eq!(count("received"), ended.iter().sum::<u64>(), "{seen}");
    assert_eq!((count("in_flight"), count("queued")), (0, 0), "{seen}");
    #[cfg(unix)]
    {
        server.signal(nix::sys::signal::Signal::SIGTERM);
        assert_eq!(server.end().0, Some(0));
    }
    #[cfg(not(unix))]
    drop(server);
    assert_eq!(log.join().unwrap(), "");
}
