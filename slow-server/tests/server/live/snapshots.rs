//! Snapshots: what the event stream sends, how often, and how large.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use slow_server::{Access, Config, Token, app};
use tokio::time::sleep;

use crate::common::router::{get, send, text, to};

/// A subscriber of the event stream.
struct Reader(Body);

/// An event of the stream.
#[derive(Debug)]
enum ServerEvent {
    Clock(u64),
    Snapshot(Value),
}

impl Reader {
    async fn open(app: &Router) -> Self {
        let stream = get(app, "/api/events").await;
        assert_eq!(stream.status(), StatusCode::OK);
        assert_eq!(stream.headers()["content-type"], "text/event-stream");
        assert_eq!(stream.headers()["cache-control"], "no-store");
        Self(stream.into_body())
    }

    async fn next(&mut self) -> ServerEvent {
        let frame = self.0.frame().await.unwrap().unwrap();
        let text = String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap();
        let line = text.strip_suffix("\n\n").unwrap();
        if let Some(ms) = line.strip_prefix("event: clock\ndata: ") {
            return ServerEvent::Clock(ms.parse().unwrap());
        }
        ServerEvent::Snapshot(
            serde_json::from_str(line.strip_prefix("data: ").unwrap()).unwrap(),
        )
    }

    async fn snapshot(&mut self) -> Value {
        loop {
            if let ServerEvent::Snapshot(snapshot) = self.next().await {
                return snapshot;
            }
        }
    }
}

/// A request for the page under these names.
fn named(client: &str, run: &str) -> Request<Body> {
    let mut request = to(Method::GET, "/");
    request.headers_mut().insert("x-client", client.parse().unwrap());
    request.headers_mut().insert("x-run", run.parse().unwrap());
    request
}

/// Starts requests that wait until they are dropped.
async fn wait(
    app: &Router,
    client: &str,
    run: &str,
    many: usize,
) -> tokio::task::JoinSet<()> {
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..many {
        let (app, request) = (app.clone(), named(client, run));
        waiting.spawn(async move {
            send(&app, request).await;
        });
    }
    sleep(Duration::from_millis(1)).await;
    waiting
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_has_each_request_by_client_and_run() {
    let app = app(Config::default());
    sleep(Duration::from_millis(100)).await;
    let waiting = wait(&app, "async", "7", 3).await;
    sleep(Duration::from_secs(1)).await;
    let later = wait(&app, "sync", "8", 1).await;
    let mut reader = Reader::open(&app).await;
    assert!(matches!(reader.next().await, ServerEvent::Clock(1102)));
    let snapshot = reader.snapshot().await;
    assert_eq!(snapshot["counts"]["in_flight"], 4);
    assert_eq!(snapshot["settings"]["delay_ms"], 3000.0);
    assert_eq!(snapshot["needs_token"], false);
    let runs = snapshot["runs"].as_array().unwrap();
    let of = |run: &Value| {
        [&run["client"], &run["run"]].map(|name| name.as_str().unwrap().to_owned())
    };
    assert_eq!(of(&runs[0]), ["async", "7"]);
    assert_eq!(of(&runs[1]), ["sync", "8"]);
    assert_eq!(runs[0]["began_ms"], 100);
    assert_eq!(
        (&runs[0]["in_flight"], &runs[0]["longest_ms"]),
        (&3.into(), &3000.0.into())
    );
    // Arrived, started, due, and waits.
    let requests = runs[0]["requests"].as_array().unwrap();
    assert_eq!(requests.len(), 3);
    assert_eq!(requests[0].to_string(), "[0,0,0,3000,1]");

    // Done at 3.1 s, and sent within a twentieth of a second.
    loop {
        let snapshot = reader.snapshot().await;
        let run = &snapshot["runs"][0];
        if run["answered"] == 3 {
            assert_eq!(run["requests"][0].to_string(), "[0,0,0,3000,2]");
            assert_eq!(
                (&run["last_ms"], &run["in_flight"]),
                (&3100.into(), &0.into())
            );
            assert!(snapshot["now_ms"].as_u64().unwrap() <= 3150, "{snapshot}");
            break;
        }
    }
    drop((waiting, later));
}

/// Without `x-run`, what comes from another address is another run; the address is told only
/// where it is all that tells two apart.
#[tokio::test(start_paused = true)]
async fn two_programs_without_a_name_are_two_runs() {
    let app = app(Config::default());
    let ask = async |peer: &str, name: &'static str, value: &str| {
        let mut request = to(Method::GET, "/");
        request.headers_mut().insert(name, value.parse().unwrap());
        let peer: std::net::SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        let app = app.clone();
        tokio::spawn(async move { send(&app, request).await.status() });
        sleep(Duration::from_millis(1)).await;
    };
    let runs = async || {
        // Longer than between two snapshots, so that the last one is not told again.
        sleep(Duration::from_millis(100)).await;
        let snapshot = Reader::open(&app).await.snapshot().await;
        let runs = snapshot["runs"].as_array().unwrap().clone();
        let told = |run: &Value| {
            let name = run["client"].as_str().unwrap().to_owned();
            let address = run["address"].as_str().map(str::to_owned);
            (name, address, run["received"].as_u64().unwrap())
        };
        runs.iter().map(told).collect::<Vec<_>>()
    };
    ask("10.0.0.7:1", "user-agent", "curl/8").await;
    ask("[::ffff:10.0.0.7]:2", "user-agent", "curl/8").await;
    ask("10.0.0.8:1", "user-agent", "node").await;
    // One that has `x-run` is the same run wherever it comes from.
    ask("10.0.0.7:1", "x-run", "1").await;
    ask("10.0.0.8:1", "x-run", "1").await;
    let run = |name: &str, ip: Option<&str>, received| {
        (name.to_owned(), ip.map(str::to_owned), received)
    };
    let others = [run("node", None, 1), run("", None, 2)];
    assert_eq!(runs().await[0], run("curl/8", None, 2));
    assert_eq!(runs().await[1..], others);
    ask("10.0.0.9:1", "user-agent", "curl/8").await;
    assert_eq!(runs().await[0], run("curl/8", Some("10.0.0.7"), 2));
    assert_eq!(runs().await[1..3], others);
    assert_eq!(runs().await[3], run("curl/8", Some("10.0.0.9"), 1));
}

/// A thousand changes in a second are twenty snapshots; none are none.
#[tokio::test(start_paused = true)]
async fn snapshots_are_sent_only_for_changes_and_not_too_often() {
    let app = app(Config { delay: Duration::ZERO, ..Config::default() });
    let mut reader = Reader::open(&app).await;
    reader.snapshot().await;
    let mut began = tokio::time::Instant::now();
    // Only that it is still there.
    assert!(matches!(reader.next().await, ServerEvent::Clock(_)));
    assert_eq!(began.elapsed(), Duration::from_secs(10));

    began += Duration::from_secs(10);
    let busy = app.clone();
    tokio::spawn(async move {
        for _ in 0..1000 {
            get(&busy, "/").await;
            sleep(Duration::from_millis(1)).await;
        }
    });
    let mut snapshots = 0;
    loop {
        let snapshot = reader.snapshot().await;
        snapshots += 1;
        if snapshot["counts"]["answered"] == 1000 {
            break;
        }
    }
    let took = began.elapsed();
    let most = took.as_millis() / 50 + 1;
    assert!(snapshots <= most && snapshots > 10, "{snapshots} in {took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_gets_the_newest_snapshot_and_none_twice() {
    let app = app(Config { delay: Duration::ZERO, ..Config::default() });
    let mut slow = Reader::open(&app).await;
    slow.snapshot().await;
    let mut quick = Reader::open(&app).await;
    for _ in 0..50 {
        get(&app, "/").await;
        sleep(Duration::from_millis(60)).await;
        quick.snapshot().await;
    }
    assert_eq!(slow.snapshot().await["counts"]["answered"], 50);
    assert!(
        matches!(slow.next().await, ServerEvent::Clock(_)),
        "the rest was never kept"
    );
}

#[tokio::test(start_paused = true)]
async fn a_late_subscriber_gets_the_same_snapshot() {
    let app = app(Config::default());
    let _waiting = wait(&app, "async", "1", 5).await;
    let first = Reader::open(&app).await.snapshot().await;
    // Without subscribers there are no snapshots.
    sleep(Duration::from_secs(1)).await;
    let mut again = Reader::open(&app).await;
    assert!(matches!(again.next().await, ServerEvent::Clock(1001..=1200)));
    let second = again.snapshot().await;
    assert_eq!(first["runs"], second["runs"]);
    assert_eq!(first["counts"], second["counts"]);
}

#[tokio::test(start_paused = true)]
async fn a_reset_and_a_change_are_sent() {
    let token = Some(Token::parse("correct-horse").unwrap());
    let access = Access { token, ..Access::default() };
    let app = app(Config { access, ..Config::default() });
    let _waiting = wait(&app, "async", "1", 2).await;
    let mut reader = Reader::open(&app).await;
    assert_eq!(reader.snapshot().await["needs_token"], true);
    let post = |path, body: &'static str| {
        let mut request = to(Method::POST, path);
        let head = request.headers_mut();
        head.insert("authorization", "Bearer correct-horse".parse().unwrap());
        head.insert("content-type", "application/json".parse().unwrap());
        *request.body_mut() = body.into();
        request
    };
    send(&app, post("/api/settings", r#"{"max_concurrent": 7}"#)).await;
    assert_eq!(reader.snapshot().await["settings"]["max_concurrent"], 7);
    send(&app, post("/api/stats/reset", "")).await;
    let snapshot = reader.snapshot().await;
    assert_eq!(snapshot["counts"]["received"], 0);
    // `compare` resets before each client, and the snapshot has all of them.
    assert_eq!(snapshot["runs"][0]["received"], 2);
}

/// A missing or malformed header makes no difference to the response.
#[tokio::test(start_paused = true)]
async fn the_ideal_of_a_run_is_that_of_its_client() {
    let app = app(Config::default());
    let sent = [
        (&[Some("1600.000")][..], Some(1600.0)),
        (&[Some("0")], Some(0.0)),
        (&[None], None),
        (&[Some("-1")], None),
        (&[Some("1e3")], None),
        (&[Some("inf")], None),
        (&[Some("99999999999")], None),
        (&[Some("<b>soon</b>")], None),
        // The first that is well formed counts.
        (&[None, Some("soon"), Some("5"), Some("6"), None], Some(5.0)),
    ];
    for (run, (values, _)) in sent.iter().enumerate() {
        for value in *values {
            let mut request = named("x", &run.to_string());
            if let Some(value) = value {
                request.headers_mut().insert("x-ideal-ms", value.parse().unwrap());
            }
            assert_eq!(send(&app, request).await.status(), StatusCode::OK);
        }
    }
    let snapshot = Reader::open(&app).await.snapshot().await;
    let runs = snapshot["runs"].as_array().unwrap();
    for (run, (values, ideal)) in runs.iter().zip(sent) {
        assert_eq!(run["ideal_ms"], Value::from(ideal), "{values:?}");
    }
    assert_eq!(runs.len(), sent.len());
}

/// Whatever clients send, and however many of them wait.
#[tokio::test(start_paused = true)]
async fn a_snapshot_is_bounded() {
    let app = app(Config::default());
    let long = "\"<𝕏>".repeat(20);
    let mut waiting = Vec::new();
    for run in 0..100 {
        let run = format!("{run}{long}");
        let mut request = named("x", "y");
        request.headers_mut().insert("x-ideal-ms", "1234.567".parse().unwrap());
        for name in ["x-client", "x-run"] {
            request.headers_mut().insert(
                name,
                axum::http::HeaderValue::from_bytes(run.as_bytes()).unwrap(),
            );
        }
        let app = app.clone();
        waiting
            .push(tokio::spawn(async move { send(&app, request).await.status() }));
    }
    waiting.extend((0..10_000).map(|_| {
        let (app, request) = (app.clone(), named("async", "1"));
        tokio::spawn(async move { send(&app, request).await.status() })
    }));
    sleep(Duration::from_secs(1)).await;
    let snapshot = Reader::open(&app).await.snapshot().await;
    assert_eq!(snapshot["counts"]["in_flight"], 10_100);
    let runs = snapshot["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 64);
    let others = runs.iter().find(|run| run["client"].is_null()).unwrap();
    // All that came when 63 others waited already.
    assert_eq!(others["in_flight"], 10_100 - 63);
    // Each of them has an ideal of its own, and all of these together none.
    assert!(others["ideal_ms"].is_null());
    assert_eq!(
        others["curve"]["in_flight"].as_array().unwrap().last().unwrap(),
        10_037
    );
    let size = snapshot.to_string().len();
    assert!(size < 64 * 1024, "{size} bytes");
}

#[tokio::test(start_paused = true)]
async fn the_number_of_streams_is_bounded() {
    let app = app(Config::default());
    let mut streams = Vec::new();
    for _ in 0..256 {
        streams.push(Reader::open(&app).await);
    }
    let refused = get(&app, "/api/events").await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(text(refused).await.contains("Close one of them"));
    streams.pop();
    Reader::open(&app).await;
}
