//! What the tests share: raw connections, a gated server, and time limits.

pub(crate) mod http2;
pub(crate) mod program;
pub(crate) mod router;

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use slow_server::{Background, Config, Counts, Limits, ResponseGate};

/// Time limit for what must happen in the end, on a machine however busy.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A request for the page, on a connection of its own.
pub(crate) const PAGE: &[u8] =
    b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";

/// The preface of HTTP/2, and empty settings.
pub(crate) const HTTP2_HELLO: &[u8] =
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// A request for the page on stream 1, in the static table of HPACK.
pub(crate) const HTTP2_PAGE: &[u8] =
    b"\0\0\x0e\x01\x05\0\0\0\x01\x82\x86\x84\x41\x09127.0.0.1";

/// Connects and sends `bytes`.
pub(crate) fn send(server: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // A server that closes immediately may do so before all is written.
    let _ = stream.write_all(bytes);
    stream
}

/// All that the server sends until it closes.
pub(crate) fn read_to_end(mut stream: TcpStream) -> String {
    let mut response = Vec::new();
    match stream.read_to_end(&mut response) {
        Ok(_) => {}
        // A server that closes while bytes of ours are unread resets the connection.
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        Err(error) => panic!("the server did not close: {error}"),
    }
    String::from_utf8_lossy(&response).into_owned()
}

/// Waits until `is` holds, which it must in the end.
pub(crate) fn wait_until(what: &str, mut is: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is() {
        assert!(began.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Waits until the counts of `server` are as they must be in the end.
pub(crate) fn wait_for_counts(server: &Background, are: impl Fn(Counts) -> bool) {
    wait_until("the server counted it", || are(server.stats().counts()));
}

/// A server with these limits, whose responses wait until the gate is opened.
pub(crate) fn with_limits(limits: Limits) -> (Background, ResponseGate) {
    gated(Config { limits, ..Config::default() })
}

/// A server whose responses wait until the gate is opened.
pub(crate) fn gated(config: Config) -> (Background, ResponseGate) {
    let gate = ResponseGate::default();
    let config = Config { gate: Some(gate.clone()), ..config };
    (Background::start(config).unwrap(), gate)
}
