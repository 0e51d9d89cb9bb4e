//! Every phase of a request that stalls ends in time, over HTTP/1.1 and HTTP/2, and one
//! address has its share of the requests in flight.

use std::io::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Method, Request, StatusCode};
use h2::client::{ResponseFuture, SendRequest};
use slow_server::{Background, Config, Limits, ResponseGate};
use tokio::net::TcpSocket;

use crate::common::{
    HTTP2_HELLO, HTTP2_PAGE, PATIENCE, read_to_end, send, wait_until,
};

/// Only the limit that a test is about is as short as this: on a busy machine it may well pass
/// before the client has done something else.
const SHORT: Duration = Duration::from_millis(200);

fn server(limits: Limits, gate: Option<ResponseGate>) -> Background {
    let delay = Duration::ZERO;
    Background::start(Config { limits, gate, delay, ..Config::default() }).unwrap()
}

/// A connection of HTTP/2 whose client reads `window` bytes of a response, and then more
/// only as a test asks it to.
async fn connect(
    from: [u8; 4],
    window: u32,
    server: &Background,
) -> SendRequest<Bytes> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((from, 0))).unwrap();
    let stream = socket.connect(server.address()).await.unwrap();
    let mut builder = h2::client::Builder::new();
    let (client, connection) =
        builder.initial_window_size(window).handshake(stream).await.unwrap();
    tokio::spawn(connection);
    client
}

/// What must happen in the end.
async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap()
}

const LOCALHOST: [u8; 4] = [127, 0, 0, 1];

async fn ask(
    client: &SendRequest<Bytes>,
    server: &Background,
    method: Method,
    path: &str,
    is_whole: bool,
) -> (ResponseFuture, h2::SendStream<Bytes>) {
    let request = Request::builder()
        .method(method)
        .uri(format!("{}{path}", server.url()))
        .header("content-type", "application/json")
        .body(())
        .unwrap();
    let mut client = client.clone().ready().await.unwrap();
    client.send_request(request, is_whole).unwrap()
}

#[test]
fn a_body_that_never_comes_is_408() {
    let server = server(Limits { body: SHORT, ..Limits::default() }, None);
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

/// A byte now and then does not buy a body more time.
#[test]
fn a_body_that_drips_is_cut_as_well() {
    let server = server(Limits { body: SHORT, ..Limits::default() }, None);
    let post = b"POST /api/settings HTTP/1.1\r\nhost: 127.0.0.1\r\n\
        content-type: application/json\r\ncontent-length: 10000\r\n\r\n";
    let mut stream = send(server.address(), post);
    let mut bytes = 0;
    while stream.write_all(b" ").is_ok() {
        bytes += 1;
        assert!(bytes < 3000, "it is still open after a minute");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_without_its_end_is_answered_or_408() {
    let server = server(Limits { body: SHORT, ..Limits::default() }, None);
    let client = connect(LOCALHOST, 1000, &server).await;
    for (method, path, status) in [
        (Method::GET, "/", StatusCode::OK),
        (Method::POST, "/api/settings", StatusCode::REQUEST_TIMEOUT),
    ] {
        let (response, _half_open) =
            ask(&client, &server, method, path, false).await;
        assert_eq!(soon(response).await.unwrap().status(), status, "{path}");
    }
}

/// A request that stays in flight, so that its connection is not idle.
async fn keep_busy(
    client: &SendRequest<Bytes>,
    server: &Background,
) -> ResponseFuture {
    let request =
        Request::get(server.url()).header("x-request", 7).body(()).unwrap();
    let mut client = client.clone().ready().await.unwrap();
    client.send_request(request, true).unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_that_is_not_read_closes_its_connection() {
    // A window of nothing, and one that lets the beginning through.
    let paths = ["/dashboard", "/", "/nowhere", "/api/events"];
    for (path, window) in paths.into_iter().flat_map(|path| [(path, 0), (path, 3)]) {
        let gate = ResponseGate::exempt(7);
        gate.release(1);
        let limits = Limits { write: SHORT, ..Limits::default() };
        let server = server(limits, Some(gate));
        let client = connect(LOCALHOST, window, &server).await;
        let in_flight = keep_busy(&client, &server).await;
        let (unread, _) = ask(&client, &server, Method::GET, path, true).await;
        let _unread = unread.await.unwrap();
        soon(in_flight).await.unwrap_err();
        wait_until("it is aborted", || server.stats().counts().aborted == 1);
    }
}

/// Its request waits, so it is not idle, but there is nobody there any more.
#[test]
fn an_http_2_connection_that_answers_no_pings_is_closed() {
    // The beginning of a header on stream 3 that never ends.
    const HALF: &[u8] = b"\0\0\x03\x01\x01\0\0\0\x03\x82\x86\x84";
    for rest in [&b""[..], HALF] {
        let limits =
            Limits { header: SHORT, first_byte: SHORT * 5, ..Limits::default() };
        let server = server(limits, Some(ResponseGate::default()));
        let stream =
            send(server.address(), &[HTTP2_HELLO, HTTP2_PAGE, rest].concat());
        wait_until("it is in flight", || server.stats().counts().in_flight == 1);
        read_to_end(stream);
        wait_until("it is aborted", || server.stats().counts().aborted == 1);
    }
}

/// On macOS only 127.0.0.1 is there until it is told of more.
#[cfg(not(target_os = "macos"))]
#[tokio::test(flavor = "multi_thread")]
async fn one_address_has_its_share_of_requests_in_flight() {
    let gate = ResponseGate::default();
    let limits =
        Limits { per_address: std::num::NonZeroUsize::new(3), ..Limits::default() };
    let server = Background::start(Config {
        limits,
        gate: Some(gate.clone()),
        ..Config::default()
    })
    .unwrap();
    // Few connections, but many requests on each.
    let clients = [
        connect(LOCALHOST, 1000, &server).await,
        connect(LOCALHOST, 1000, &server).await,
    ];
    let mut asked = Vec::new();
    for client in clients.iter().cycle().take(20) {
        asked.push(ask(client, &server, Method::GET, "/", true).await.0);
    }
    wait_until("17 are rejected", || server.stats().counts().rejected == 17);
    assert_eq!(server.stats().counts().in_flight, 3);
    // Another address has a share of its own, and neither is asked for one elsewhere.
    let other = connect([127, 0, 0, 2], 1000, &server).await;
    let (others, _) = ask(&other, &server, Method::GET, "/", true).await;
    wait_until("the other's is in flight", || {
        server.stats().counts().in_flight == 4
    });
    let (health, _) = ask(&clients[0], &server, Method::GET, "/healthz", true).await;
    assert_eq!(health.await.unwrap().status(), StatusCode::OK);

    gate.open();
    assert_eq!(others.await.unwrap().status(), StatusCode::OK);
    let mut rejected = 0;
    for response in asked {
        let response = soon(response).await.unwrap();
        if response.status() == StatusCode::SERVICE_UNAVAILABLE {
            assert_eq!(response.headers()["retry-after"], "1");
            rejected += 1;
        }
    }
    assert_eq!(rejected, 17);
    let counts = server.stats().counts();
    assert_eq!((counts.received, counts.answered, counts.rejected), (21, 4, 17));
    // With those answered, there is room again.
    let (again, _) = ask(&clients[0], &server, Method::GET, "/", true).await;
    assert_eq!(again.await.unwrap().status(), StatusCode::OK);
}

/// However many connections it opens, the streams of one address are bounded in all.
#[tokio::test(flavor = "multi_thread")]
async fn each_further_connection_of_an_address_has_fewer_streams() {
    for (per_address, expected) in [(None, [90, 90, 90]), (Some(8), [90, 45, 30])] {
        let per_address = per_address.and_then(std::num::NonZeroUsize::new);
        let limits = Limits { per_address, http2_streams: 90, ..Limits::default() };
        let server =
            Background::start(Config { limits, ..Config::default() }).unwrap();
        let mut open = Vec::new();
        for streams in expected {
            let client = connect(LOCALHOST, 1000, &server).await;
            wait_until("the settings come", || {
                client.current_max_send_streams() == streams
            });
            open.push(client);
        }
    }
}
