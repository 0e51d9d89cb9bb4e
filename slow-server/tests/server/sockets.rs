//! Connections that are slow, silent, too many or too large, on real sockets.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use slow_server::{Background, Config, Hold, Limits};

/// How long to wait for something that must happen, on a machine however busy.
const PATIENCE: Duration = Duration::from_mins(1);

fn server(limits: Limits) -> (Background, Hold) {
    let hold = Hold::default();
    let config = Config { limits, hold: Some(hold.clone()), ..Config::default() };
    (Background::start(config).unwrap(), hold)
}

/// Connects and sends `bytes`.
fn send(server: &Background, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(bytes).unwrap();
    stream
}

/// All that the server sends until it closes.
fn read_to_end(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => {}
        // A server that closes while bytes of ours are unread resets the connection.
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {}
        Err(error) => panic!("the server did not close: {error}"),
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn wait_until(server: &Background, is: impl Fn(slow_server::Counts) -> bool) {
    let began = Instant::now();
    while !is(server.stats().counts()) {
        assert!(began.elapsed() < PATIENCE, "{:?}", server.stats().counts());
        std::thread::sleep(Duration::from_millis(2));
    }
}

const PAGE: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

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
    // The preface and an empty SETTINGS frame; the server's own settings come back.
    let mut preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    preface.extend([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    let mut stream = send(&server, &preface);
    let mut frame = [0; 9];
    stream.read_exact(&mut frame).unwrap();
    assert_eq!(frame[3], 4, "a SETTINGS frame: {frame:?}");
}

#[test]
fn connections_beyond_the_bound_wait_and_are_then_served() {
    let (server, hold) = server(Limits { connections: 2, ..Limits::default() });
    let three = [send(&server, PAGE), send(&server, PAGE), send(&server, PAGE)];
    wait_until(&server, |counts| counts.in_flight == 2);
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(server.stats().counts().received, 2);
    hold.open();
    for stream in three {
        assert!(read_to_end(stream).ends_with("Hello!"));
    }
    assert_eq!(server.stats().counts().answered, 3);
}

#[test]
fn a_client_that_goes_away_is_counted_as_aborted() {
    let (server, _hold) = server(Limits::default());
    let stream = send(&server, PAGE);
    wait_until(&server, |counts| counts.in_flight == 1);
    drop(stream);
    wait_until(&server, |counts| counts.in_flight == 0 && counts.aborted == 1);
}

#[test]
fn it_stops_whatever_is_open() {
    let drain = Duration::from_millis(200);
    let (server, _hold) = server(Limits { drain, ..Limits::default() });
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
