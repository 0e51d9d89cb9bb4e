//! HTTP/2: many requests on one connection, of which each has its own answer.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, Version};
use h2::client::{ResponseFuture, SendRequest};
use h2::{Reason, RecvStream, SendStream};
use slow_server::{Background, Config, Counts, ResponseGate, WhenFull};
use tokio::net::TcpStream;
use tokio_util::io::InspectReader;

use crate::common::{read_to_end, send};

/// A client with one connection.
struct Client {
    sender: SendRequest<Bytes>,
    url: String,
}

impl Client {
    async fn connect(server: &Background) -> Self {
        Self::connect_counting(server, Arc::default()).await
    }

    /// Adds to `received` what comes, in bytes.
    async fn connect_counting(
        server: &Background,
        received: Arc<AtomicUsize>,
    ) -> Self {
        let stream = TcpStream::connect(server.address()).await.unwrap();
        let stream = InspectReader::new(stream, move |bytes| {
            received.fetch_add(bytes.len(), Ordering::Relaxed);
        });
        let (sender, connection) = h2::client::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        Self { sender, url: server.url() }
    }

    /// Sends a request without a body, and waits for nothing.
    async fn ask(
        &mut self,
        method: Method,
        path: &str,
        number: u64,
    ) -> (ResponseFuture, SendStream<Bytes>) {
        let mut sender = self.sender.clone().ready().await.unwrap();
        let uri = format!("{}{path}", self.url.trim_end_matches('/'));
        let request = Request::builder()
            .version(Version::HTTP_2)
            .method(method)
            .uri(uri)
            .header("x-request", number);
        sender.send_request(request.body(()).unwrap(), true).unwrap()
    }

    async fn get(&mut self, path: &str, number: u64) -> ResponseFuture {
        self.ask(Method::GET, path, number).await.0
    }
}

/// The head of an answer, and all of its body.
async fn whole(response: ResponseFuture) -> (Response<()>, Vec<u8>) {
    let (head, body) = response.await.unwrap().into_parts();
    (Response::from_parts(head, ()), all_of(body).await)
}

async fn all_of(mut body: RecvStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.data().await {
        let chunk = chunk.unwrap();
        bytes.extend_from_slice(&chunk);
        body.flow_control().release_capacity(chunk.len()).unwrap();
    }
    bytes
}

async fn counts_are(server: &Background, what: &str, is: impl Fn(&Counts) -> bool) {
    // In steps that leave the thread to the client's connection.
    for _ in 0..60_000 {
        if is(&server.stats().counts()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("waited in vain for {what}: {:?}", server.stats().counts());
}

#[tokio::test]
async fn each_request_has_the_answer_that_its_number_gets() {
    let config = Config {
        delay: Duration::from_millis(5),
        jitter: Duration::from_millis(60),
        fail_rate: 0.3,
        seed: 3,
        ..Config::default()
    };
    let schedule = config.schedule();
    let server = Background::start(config).unwrap();
    let mut client = Client::connect(&server).await;
    let mut asked = Vec::new();
    for number in 0..90 {
        asked.push(client.get("/", number).await);
    }
    for (number, response) in (0..).zip(asked) {
        let (head, body) = whole(response).await;
        let planned = schedule.response(number);
        let status = if planned.fails { 503 } else { 200 };
        assert_eq!(head.status(), status);
        assert_eq!(body == b"Hello!", !planned.fails);
        assert_eq!(head.headers()["x-request"], number.to_string());
        let timing = head.headers()["server-timing"].to_str().unwrap();
        let (_, waited) = timing.split_once("wait;dur=").unwrap();
        let delay_ms = planned.delay.as_secs_f64() * 1e3;
        // Cut to the microsecond.
        assert!(
            (waited.parse::<f64>().unwrap() - delay_ms).abs() < 0.002,
            "{timing}"
        );
    }
    let counts = server.stats().counts();
    assert_eq!(counts.answered + counts.failed, 90);
    assert_eq!(counts.in_flight + counts.queued + counts.aborted, 0);
}

#[tokio::test]
async fn times_that_were_told_before_are_not_spelled_out_again() {
    let config = Config { delay: Duration::from_millis(1), ..Config::default() };
    let server = Background::start(config).unwrap();
    let received = Arc::new(AtomicUsize::new(0));
    let mut client = Client::connect_counting(&server, received.clone()).await;
    let mut lengths = Vec::new();
    for path in ["/"; 22].into_iter().chain(["/?delay=2ms"]) {
        let before = received.load(Ordering::Relaxed);
        whole(client.get(path, 0).await).await;
        lengths.push(received.load(Ordering::Relaxed) - before);
    }
    let [first, again @ .., others] = &lengths[..] else { panic!() };
    // The date is another once a second, so not each of them is the shortest.
    let again = again.iter().min().unwrap();
    // `queue;dur=0.000, wait;dur=1.000` is 31 letters, of which each takes 5 bits or more.
    assert!(again + 19 < *first && again + 19 < *others, "{lengths:?}");
}

/// What differs between the protocols and not between the answers.
fn comparable(headers: &HeaderMap) -> BTreeMap<String, String> {
    let of_the_protocol =
        ["content-length", "connection", "date", "transfer-encoding"];
    headers
        .iter()
        .filter(|(name, _)| !of_the_protocol.contains(&name.as_str()))
        // How long it stood in line is another each time.
        .map(|(name, value)| {
            let value = value.to_str().unwrap();
            let value = value.split("wait;").last().unwrap_or(value);
            (name.to_string(), value.to_owned())
        })
        .collect()
}

#[tokio::test]
async fn every_route_answers_as_over_http1() {
    let config = Config { delay: Duration::from_millis(1), ..Config::default() };
    let server = Background::start(config).unwrap();
    let mut client = Client::connect(&server).await;
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, "/?delay=2ms"),
        (Method::GET, "/?delay=nonsense"),
        (Method::GET, "/?delay=1h"),
        (Method::HEAD, "/"),
        (Method::POST, "/"),
        (Method::GET, "/healthz"),
        (Method::GET, "/nowhere"),
        (Method::GET, "/dashboard"),
        (Method::GET, "/api/schedule?requests=3"),
    ] {
        let (response, _) = client.ask(method.clone(), path, 7).await;
        let (head, body) = whole(response).await;

        let address = server.address();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nx-request: 7\r\n\
             connection: close\r\n\r\n"
        );
        let old = read_to_end(send(address, request.as_bytes()));
        let (old_head, old_body) = old.split_once("\r\n\r\n").unwrap();
        let mut lines = old_head.lines();
        let status = format!("HTTP/1.1 {}", head.status());
        assert_eq!(lines.next().unwrap(), status, "{method} {path}");
        let mut headers = HeaderMap::new();
        for line in lines {
            let (name, value) = line.split_once(": ").unwrap();
            let name: axum::http::HeaderName = name.parse().unwrap();
            headers.append(name, value.parse().unwrap());
        }
        let of_both = [head.headers(), &headers].map(comparable);
        assert_eq!(of_both[0], of_both[1], "{method} {path}");
        assert!(head.headers().contains_key("date"), "{method} {path}");
        // It may come in chunks, each with its length before it.
        let body = String::from_utf8_lossy(&body);
        assert!(old_body.contains(&*body), "{method} {path}: {old_body}");
    }
}

/// The page with the largest file, to a client that takes a little at a time.
#[tokio::test]
async fn a_long_answer_is_whole_however_slowly_it_is_taken() {
    let server = Background::start(Config::default()).unwrap();
    let stream = TcpStream::connect(server.address()).await.unwrap();
    let (sender, connection) = h2::client::Builder::new()
        .initial_window_size(100)
        .handshake(stream)
        .await
        .unwrap();
    tokio::spawn(connection);
    let mut client = Client { sender, url: server.url() };
    let (head, slowly) = whole(client.get("/dashboard", 0).await).await;
    assert_eq!(head.status(), StatusCode::OK);
    let at_once = whole(Client::connect(&server).await.get("/dashboard", 0).await);
    assert_eq!(slowly, at_once.await.1);
    assert!(slowly.len() > 1000);
}

#[tokio::test]
async fn a_request_that_is_taken_back_gives_its_place_to_the_next() {
    for when_full in [WhenFull::Queue, WhenFull::Reject] {
        let config = Config {
            delay: Duration::from_hours(1),
            max_concurrent: Some(NonZeroUsize::MIN),
            when_full,
            ..Config::default()
        };
        let server = Background::start(config).unwrap();
        let mut client = Client::connect(&server).await;
        let (_first, mut way) = client.ask(Method::GET, "/", 0).await;
        counts_are(&server, "the first", |counts| counts.in_flight == 1).await;
        let second = client.get("/", 1).await;
        if when_full == WhenFull::Reject {
            let (head, _) = whole(second).await;
            assert_eq!(head.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(head.headers()["retry-after"], "3600");
            way.send_reset(Reason::CANCEL);
            counts_are(&server, "its end", |counts| counts.aborted == 1).await;
            let _third = client.get("/", 2).await;
            counts_are(&server, "the third", |counts| counts.in_flight == 1).await;
        } else {
            counts_are(&server, "the second", |counts| counts.queued == 1).await;
            way.send_reset(Reason::CANCEL);
            counts_are(&server, "its turn", |counts| {
                counts.aborted == 1 && counts.in_flight == 1 && counts.queued == 0
            })
            .await;
        }
    }
}

/// One of those that wait among others, which the queue has to find.
#[tokio::test]
async fn one_of_many_is_taken_back_and_the_others_go_on() {
    let config = Config {
        delay: Duration::from_hours(1),
        jitter: Duration::from_hours(1),
        ..Config::default()
    };
    let server = Background::start(config).unwrap();
    let mut client = Client::connect(&server).await;
    let mut ways = Vec::new();
    for number in 0..50 {
        ways.push(client.ask(Method::GET, "/", number).await);
    }
    counts_are(&server, "all", |counts| counts.in_flight == 50).await;
    for (_, way) in &mut ways[10..20] {
        way.send_reset(Reason::CANCEL);
    }
    counts_are(&server, "ten to leave", |counts| {
        (counts.aborted, counts.in_flight) == (10, 40)
    })
    .await;
    drop(client);
    drop(ways);
    counts_are(&server, "all to leave", |counts| {
        (counts.aborted, counts.in_flight) == (50, 0)
    })
    .await;
}

#[tokio::test]
async fn what_is_under_way_is_answered_when_the_server_ends() {
    let gate = ResponseGate::default();
    let config = Config { gate: Some(gate.clone()), ..Config::default() };
    let server = Background::start(config).unwrap();
    let mut client = Client::connect(&server).await;
    let response = client.get("/", 0).await;
    counts_are(&server, "one", |counts| counts.in_flight == 1).await;
    let end = tokio::task::spawn_blocking(move || drop(server));
    gate.open();
    assert_eq!(whole(response).await.1, b"Hello!");
    end.await.unwrap();
    // It takes nothing more.
    let more = poll_fn(|cx| client.sender.poll_ready(cx)).await;
    assert!(more.is_err() || client.sender.current_max_send_streams() == 0);
}
