//! One address has its share: of connections, requests in flight and HTTP/2 streams.

use std::num::NonZeroUsize;

#[cfg(not(target_os = "macos"))]
use axum::http::StatusCode;
use slow_server::{Background, Config, Limits};

use crate::common::http2::Client;
#[cfg(not(target_os = "macos"))]
use crate::common::http2::WINDOW;
use crate::common::{
    PAGE, read_to_end, send, wait_for_counts, wait_until, with_limits,
};

#[test]
fn one_address_gets_its_share_of_connections_and_a_503_for_more() {
    let (server, gate) = with_limits(Limits {
        per_address: NonZeroUsize::new(2),
        ..Limits::default()
    });
    let own = [send(server.address(), PAGE), send(server.address(), PAGE)];
    wait_for_counts(&server, |counts| counts.in_flight == 2);
    // A request too long to be read in one go, or none at all, does not evade it.
    let long =
        [&PAGE[..PAGE.len() - 2], b"x: ", &[b'x'; 4000], b"\r\n\r\n"].concat();
    assert!(read_to_end(send(server.address(), &long)).starts_with("HTTP/1.1 503"));
    assert_eq!(read_to_end(send(server.address(), b"")), "");
    for _ in 0..50 {
        let response = read_to_end(send(server.address(), PAGE));
        assert!(response.starts_with("HTTP/1.1 503"), "{response}");
        assert!(response.contains("retry-after: 1\r\n"), "{response}");
        assert!(response.ends_with("(--per-address).\r\n"), "{response}");
    }
    assert_eq!(server.stats().counts().received, 2);
    gate.open();
    for stream in own {
        assert!(read_to_end(stream).ends_with("Hello!"));
    }
    assert!(read_to_end(send(server.address(), PAGE)).ends_with("Hello!"));
}

/// macOS has only 127.0.0.1 at first.
#[cfg(not(target_os = "macos"))]
#[tokio::test(flavor = "multi_thread")]
async fn one_address_gets_its_share_of_requests_in_flight() {
    let per_address = NonZeroUsize::new(3);
    let (server, gate) = with_limits(Limits { per_address, ..Limits::default() });
    let address = server.address();
    // Few connections, but many requests on each.
    let clients = [Client::connect(address).await, Client::connect(address).await];
    let mut asked = Vec::new();
    for client in clients.iter().cycle().take(20) {
        asked.push(client.get("/", 0).await);
    }
    wait_for_counts(&server, |counts| counts.rejected == 17);
    assert_eq!(server.stats().counts().in_flight, 3);
    // Another address has a share of its own, and other routes need none.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 2], 0).into()).unwrap();
    let stream = socket.connect(address).await.unwrap();
    let other = Client::handshake(stream, address, WINDOW).await;
    let others = other.get("/", 0).await;
    wait_for_counts(&server, |counts| counts.in_flight == 4);
    let health = clients[0].get("/healthz", 0).await;
    assert_eq!(health.await.unwrap().status(), StatusCode::OK);

    gate.open();
    assert_eq!(others.await.unwrap().status(), StatusCode::OK);
    let mut rejected = 0;
    for response in asked {
        let response = response.await.unwrap();
        if response.status() == StatusCode::SERVICE_UNAVAILABLE {
            assert_eq!(response.headers()["retry-after"], "1");
            rejected += 1;
        }
    }
    assert_eq!(rejected, 17);
    let counts = server.stats().counts();
    assert_eq!((counts.received, counts.answered, counts.rejected), (21, 4, 17));
    // After those responses, there is room again.
    let again = clients[0].get("/", 0).await;
    assert_eq!(again.await.unwrap().status(), StatusCode::OK);
}

/// However many connections it opens, the streams of one address are bounded in all.
#[tokio::test(flavor = "multi_thread")]
async fn each_further_connection_of_an_address_has_fewer_streams() {
    for (per_address, expected) in [(None, [90, 90, 90]), (Some(8), [90, 45, 30])] {
        let per_address = per_address.and_then(NonZeroUsize::new);
        let limits = Limits { per_address, http2_streams: 90, ..Limits::default() };
        let server =
            Background::start(Config { limits, ..Config::default() }).unwrap();
        let mut open = Vec::new();
        for streams in expected {
            let client = Client::connect(server.address()).await;
            wait_until("the settings come", || {
                client.sender.current_max_send_streams() == streams
            });
            open.push(client);
        }
    }
}
