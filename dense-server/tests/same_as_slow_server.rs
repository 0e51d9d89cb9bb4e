//! The exception to *one path* is held to it: the same schedule, responses and counts.

#![expect(
    clippy::unwrap_used,
    reason = "a test that unwraps says where it broke, in its helpers too"
)]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Request};
use h2::client::{ResponseFuture, SendRequest};
use h2::{Reason, SendStream};
use serde_json::Value;
use slow_server::Background;

/// What each server is started with.
const FLAGS: [&str; 8] =
    ["--delay", "20ms", "--jitter", "80ms", "--fail-rate", "0.3", "--seed", "3"];

/// `dense-server`; killed with the test.
struct Program {
    child: Child,
    address: SocketAddr,
    // Kept open, for the rest of its output.
    _stdout: BufReader<ChildStdout>,
}

impl Program {
    fn start(flags: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_dense-server"))
            .args(["--addr", "127.0.0.1:0"])
            .args(flags)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).unwrap();
        let address = address.split(' ').next().unwrap().parse().unwrap();
        Self { child, address, _stdout: stdout }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `slow-server` with the same flags.
fn slow(flags: &[&str]) -> Background {
    #[derive(clap::Parser)]
    struct Flags {
        #[command(flatten)]
        config: slow_server::Config,
    }
    let flags = ["slow-server"].iter().chain(flags);
    Background::start(<Flags as clap::Parser>::parse_from(flags).config).unwrap()
}

/// A whole response over HTTP/1.1.
fn http1(address: SocketAddr, method: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}

fn stats(address: SocketAddr) -> Value {
    let response = http1(address, "GET", "/api/stats");
    serde_json::from_str(response.split_once("\r\n\r\n").unwrap().1).unwrap()
}

/// The counts, but for the peak, which is a matter of timing.
fn counts(address: SocketAddr) -> BTreeMap<String, u64> {
    let stats = stats(address);
    ["received", "answered", "failed", "rejected", "aborted", "in_flight", "queued"]
        .map(|name| (name.to_owned(), stats[name].as_u64().unwrap()))
        .into()
}

fn wait_until(what: &str, mut is: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is() {
        assert!(
            began.elapsed() < Duration::from_mins(1),
            "waited in vain until {what}"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}

struct Client {
    sender: SendRequest<Bytes>,
    address: SocketAddr,
}

impl Client {
    async fn connect(address: SocketAddr) -> Self {
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let (sender, connection) = h2::client::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        Self { sender, address }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        number: u64,
    ) -> (ResponseFuture, SendStream<Bytes>) {
        let mut sender = self.sender.clone().ready().await.unwrap();
        let request = Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address))
            .header("x-request", number)
            .body(())
            .unwrap();
        sender.send_request(request, true).unwrap()
    }
}

/// A whole response, without what differs each time.
type Comparable = (u16, BTreeMap<String, String>, Vec<u8>);

async fn comparable(response: ResponseFuture) -> Comparable {
    let (head, mut body) = response.await.unwrap().into_parts();
    let mut bytes = Vec::new();
    while let Some(chunk) = body.data().await {
        let chunk = chunk.unwrap();
        bytes.extend_from_slice(&chunk);
        body.flow_control().release_capacity(chunk.len()).unwrap();
    }
    (head.status.as_u16(), comparable_headers(&head.headers), bytes)
}

fn comparable_headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    assert!(headers.contains_key("date"));
    let stable = headers
        .iter()
        .filter(|(name, _)| !["date", "content-length"].contains(&name.as_str()));
    stable
        .map(|(name, value)| {
            let value = value.to_str().unwrap();
            // How long it was queued differs each time.
            (
                name.to_string(),
                value.split("wait;").last().unwrap_or(value).to_owned(),
            )
        })
        .collect()
}

/// The responses of a server to a hundred concurrent requests, and its counts.
async fn responses_and_counts(
    address: SocketAddr,
) -> (Vec<Comparable>, BTreeMap<String, u64>) {
    let client = Client::connect(address).await;
    let mut asked = Vec::new();
    for number in 0..100 {
        let path = match number {
            10..20 => "/?delay=%35ms",
            20..25 => "/?delay=soon",
            25..30 => "/?delay=1h",
            _ => "/",
        };
        asked.push(client.send(Method::GET, path, number).await.0);
    }
    let mut all = Vec::new();
    for response in asked {
        all.push(comparable(response).await);
    }
    (all, counts(address))
}

#[tokio::test(flavor = "multi_thread")]
async fn it_answers_and_counts_as_slow_server_does() {
    for more in [&[][..], &["--max-concurrent", "7"]] {
        let flags = [&FLAGS[..], more].concat();
        let (dense, slow) = (Program::start(&flags), slow(&flags));
        let (one, other) = (
            responses_and_counts(dense.address).await,
            responses_and_counts(slow.address()).await,
        );
        assert_eq!(one, other);
        assert_eq!(one.1["received"], 90);
        assert!(one.1["failed"] > 10 && one.1["answered"] > 10, "{:?}", one.1);
        if !more.is_empty() {
            assert!(stats(dense.address)["peak_in_flight"].as_u64().unwrap() <= 7);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_server_rejects_as_slow_server_does() {
    let flags = [
        "--delay",
        "1h",
        "--max-delay",
        "1h",
        "--max-concurrent",
        "1",
        "--when-full",
        "reject",
    ];
    let (dense, slow) = (Program::start(&flags), slow(&flags));
    let mut rejections = Vec::new();
    for address in [dense.address, slow.address()] {
        let client = Client::connect(address).await;
        let (_first, mut stream) = client.send(Method::GET, "/", 0).await;
        wait_until("it is in flight", || counts(address)["in_flight"] == 1);
        rejections.push(comparable(client.send(Method::GET, "/", 1).await.0).await);
        // One that is reset gives its permit to the next.
        stream.send_reset(Reason::CANCEL);
        tokio::time::sleep(Duration::from_millis(5)).await;
        wait_until("it is aborted", || counts(address)["aborted"] == 1);
        let (_next, _stream) = client.send(Method::GET, "/", 2).await;
        wait_until("the next is in flight", || counts(address)["in_flight"] == 1);
    }
    assert_eq!(rejections[0], rejections[1]);
    assert_eq!(rejections[0].1["retry-after"], "3600");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_route_is_slow_servers() {
    let (dense, slow) = (Program::start(&FLAGS), slow(&FLAGS));
    for (method, path) in [
        (Method::HEAD, "/?delay=1ms"),
        (Method::POST, "/"),
        (Method::GET, "/healthz"),
        (Method::GET, "/nowhere"),
        (Method::GET, "/dashboard"),
        (Method::GET, "/api/schedule?requests=3"),
    ] {
        let mut both = Vec::new();
        for address in [dense.address, slow.address()] {
            let client = Client::connect(address).await;
            both.push(
                comparable(client.send(method.clone(), path, 7).await.0).await,
            );
        }
        assert_eq!(both[0], both[1], "{method} {path}");
    }
    let page = http1(dense.address, "GET", "/?delay=1ms");
    assert!(
        page.ends_with("Hello!") || page.contains("failed as planned"),
        "{page}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn some_of_many_are_reset_and_the_others_go_on() {
    let dense = Program::start(&["--delay", "1h", "--jitter", "1h"]);
    let client = Client::connect(dense.address).await;
    let mut asked = Vec::new();
    for number in 0..50 {
        asked.push(client.send(Method::GET, "/", number).await);
    }
    let seen = |name| counts(dense.address)[name];
    tokio::time::sleep(Duration::from_millis(1)).await;
    wait_until("all are in flight", || seen("in_flight") == 50);
    for (_, stream) in &mut asked[10..20] {
        stream.send_reset(Reason::CANCEL);
    }
    while seen("aborted") < 10 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(seen("in_flight"), 40);
    drop((client, asked));
    while seen("in_flight") > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(seen("aborted"), 50);
}

#[test]
fn it_is_for_this_machine_alone_and_says_so_in_both_languages() {
    let dense = env!("CARGO_BIN_EXE_dense-server");
    for (language, said) in [("en", "this machine alone"), ("zh-CN", "只在本机监听")]
    {
        let refused = Command::new(dense)
            .args(["--addr", "0.0.0.0:0", "--lang", language])
            .output()
            .unwrap();
        assert_eq!(refused.status.code(), Some(1));
        let complaint = String::from_utf8(refused.stderr).unwrap();
        assert!(complaint.contains(said), "{complaint}");
        let advice = "cargo run -p slow-server -- --lan";
        assert!(complaint.contains(advice), "{complaint}");
    }
}
