//! `GET /api/requests`: an address gets the records of its own requests, with times and outcome.

use std::num::NonZeroUsize;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode};
use slow_server::{
    Config, Elsewhere, RecordedRequest, RequestOutcome, RequestRecords, WhenFull,
    app,
};
use tokio::time::sleep;

use crate::common::router::{at_most, get, send, text, to};
use crate::common::{PAGE, gated, read_to_end, wait_for_counts};

const MS: u64 = 1000;

/// A request from this address.
fn from(peer: &str, mut request: Request<Body>) -> Request<Body> {
    let peer: std::net::SocketAddr = peer.parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

/// A request for the page, under this name.
fn page(client: &str, path: &str) -> Request<Body> {
    let mut request = to(Method::GET, path);
    request.headers_mut().insert("x-client", client.parse().unwrap());
    request
}

fn parsed(json: &str) -> RequestRecords {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

async fn records(app: &Router, query: &str) -> RequestRecords {
    parsed(&text(get(app, &format!("/api/requests{query}")).await).await)
}

fn times(request: &RecordedRequest) -> (u64, Option<u64>, Option<u64>) {
    let RecordedRequest { arrived_us, started_us, ended_us, .. } = *request;
    (arrived_us, started_us, ended_us)
}

#[tokio::test(start_paused = true)]
async fn each_request_has_its_times_and_its_end() {
    let app = at_most(1, WhenFull::Queue);
    let start = |client, path| {
        let (app, request) = (app.clone(), page(client, path));
        tokio::spawn(async move { send(&app, request).await.status() })
    };
    let first = start("a", "/?delay=100ms");
    sleep(Duration::from_millis(10)).await;
    let second = start("b", "/?delay=100ms");
    sleep(Duration::from_millis(10)).await;
    let gone = start("b", "/?delay=100ms");
    sleep(Duration::from_millis(10)).await;
    gone.abort();
    sleep(Duration::from_millis(10)).await;

    let now = records(&app, "").await;
    assert_eq!((now.now_us, now.left_out), (40 * MS, 0));
    let seen: Vec<_> = now.requests.iter().map(times).collect();
    assert_eq!(
        seen,
        [(0, Some(0), None), (10 * MS, None, None), (20 * MS, None, Some(30 * MS)),]
    );
    assert_eq!(now.requests[2].outcome, Some(RequestOutcome::Aborted));
    assert_eq!(now.requests[0].outcome, None);

    assert_eq!(
        (first.await.unwrap(), second.await.unwrap()),
        (StatusCode::OK, StatusCode::OK)
    );
    let later = records(&app, "?client=b&since_us=10000").await;
    // Tokio's timer is one of whole milliseconds.
    let ended: Vec<_> = later.requests.iter().map(|it| it.outcome).collect();
    assert_eq!(ended, [RequestOutcome::Answered, RequestOutcome::Aborted].map(Some));
    let (arrived, started, end) = times(&later.requests[0]);
    assert_eq!(arrived, 10 * MS);
    assert!((100 * MS..=102 * MS).contains(&started.unwrap()), "{started:?}");
    assert!((200 * MS..=204 * MS).contains(&end.unwrap()), "{end:?}");
    assert_eq!(records(&app, "?since_us=10001").await.requests.len(), 1);
    assert_eq!(records(&app, "?client=c").await.requests, []);
}

#[tokio::test]
async fn failed_and_rejected_requests_are_told_apart() {
    let config = Config {
        delay: Duration::ZERO,
        fail_rate: 1.0,
        max_concurrent: NonZeroUsize::new(1),
        when_full: WhenFull::Reject,
        ..Config::default()
    };
    let (server, gate) = gated(config);
    let waits = crate::common::send(server.address(), PAGE);
    wait_for_counts(&server, |counts| counts.in_flight == 1);
    let full = read_to_end(crate::common::send(server.address(), PAGE));
    assert!(full.starts_with("HTTP/1.1 503"), "{full}");
    gate.open();
    let peer = waits.local_addr().unwrap();
    read_to_end(waits);

    let ask = b"GET /api/requests HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";
    let response = read_to_end(crate::common::send(server.address(), ask));
    let records = parsed(response.split_once("\r\n\r\n").unwrap().1);
    let ended: Vec<_> = records.requests.iter().map(|it| it.outcome).collect();
    assert_eq!(ended, [RequestOutcome::Failed, RequestOutcome::Rejected].map(Some));
    assert_eq!(records.requests[0].peer, Some(peer));
    assert_eq!(records.requests[1].started_us, None);
    assert!(response.contains(&format!(r#""peer":"{peer}""#)), "{response}");
    assert!(response.contains(r#""started_us":null"#), "{response}");
}

#[tokio::test]
async fn nobody_is_told_of_the_requests_of_another_address() {
    let app = app(Config { delay: Duration::ZERO, ..Config::default() });
    for (peer, client) in [
        ("127.0.0.1:4711", "one"),
        ("[::1]:4712", "two"),
        ("192.168.1.7:4711", "three"),
        ("[::ffff:192.168.1.7]:4712", "four"),
    ] {
        send(&app, from(peer, page(client, "/"))).await;
        send(&app, from(peer, page(client, &format!("/{client}")))).await;
    }
    for (asker, told) in [
        ("[::1]:9", &["one", "two"][..]),
        ("127.0.0.2:9", &["one", "two"]),
        ("192.168.1.7:9", &["three", "four"]),
        ("192.168.1.8:9", &[]),
    ] {
        let asked = from(asker, to(Method::GET, "/api/requests"));
        let answer = parsed(&text(send(&app, asked).await).await);
        let clients: Vec<_> =
            answer.requests.iter().map(|it| &it.client[..]).collect();
        assert_eq!(clients, told, "{asker}");
        let mut elsewhere: Vec<_> =
            told.iter().map(|it| format!("GET /{it}")).collect();
        elsewhere.sort();
        let asked: Vec<_> = answer.elsewhere.iter().map(|it| &it.asked).collect();
        assert_eq!(asked, elsewhere.iter().collect::<Vec<_>>(), "{asker}");
    }
}

#[tokio::test]
async fn what_misses_the_page_is_told_as_well() {
    let app = app(Config { delay: Duration::ZERO, ..Config::default() });
    for (method, path) in [
        (Method::GET, "/foo?a=1"),
        (Method::GET, "/foo?a=2"),
        (Method::POST, "/"),
        (Method::GET, "/?delay=soon"),
        // Neither a miss nor a request for the page.
        (Method::GET, "/healthz"),
        (Method::OPTIONS, "*"),
        (Method::OPTIONS, "/"),
    ] {
        send(&app, to(method, path)).await;
    }
    send(&app, page("x", &format!("/{}", "y".repeat(100)))).await;
    let told = records(&app, "").await;
    assert_eq!(told.requests, []);
    let long = format!("GET /{}", "y".repeat(75));
    let elsewhere =
        |asked: &str, count| Elsewhere { asked: asked.to_owned(), count };
    assert_eq!(
        told.elsewhere,
        [
            elsewhere("GET /?delay=soon", 1),
            elsewhere("GET /foo", 2),
            elsewhere(&long, 1),
            elsewhere("POST /", 1),
        ]
    );
    assert_eq!(records(&app, "?client=x").await.elsewhere, [elsewhere(&long, 1)]);
    assert_eq!(
        records(&app, &format!("?since_us={}", u64::MAX)).await.elsewhere,
        []
    );
    let wrong = get(&app, "/api/requests?since_us=soon").await;
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_reset_leaves_the_records() {
    let app = app(Config { delay: Duration::ZERO, ..Config::default() });
    send(&app, page("x", "/")).await;
    send(&app, to(Method::POST, "/api/stats/reset")).await;
    assert_eq!(records(&app, "").await.requests.len(), 1);
}
