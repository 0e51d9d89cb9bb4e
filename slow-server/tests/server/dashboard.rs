//! The live page: what a browser may do with its files, and what its stream says to whom,
//! how often, and how it ends.

use std::io::Read as _;
use std::net::TcpStream;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use slow_server::{Access, Background, Config, Limits, Token, app};
use tokio::time::sleep;

use crate::common::{send as raw, wait_until};
use crate::routes::{get, send, text, to};

const FILES: [&str; 14] = [
    "controls.mjs",
    "dashboard.mjs",
    "feed.mjs",
    "guess.mjs",
    "icon.svg",
    "lane-canvas.mjs",
    "lanes.mjs",
    "runs.mjs",
    "shared/draw.mjs",
    "shared/page.mjs",
    "shared/theme.css",
    "shared/words.mjs",
    "style.css",
    "table.mjs",
];

#[tokio::test]
async fn the_page_is_all_from_here_and_may_run_nothing_else() {
    let app = app(Config::default());
    let page = [("/dashboard".to_owned(), "text/html; charset=utf-8")];
    let files = FILES.map(|name| {
        let kind = match name.rsplit_once('.') {
            Some((_, "mjs")) => "text/javascript; charset=utf-8",
            Some((_, "css")) => "text/css; charset=utf-8",
            _ => "image/svg+xml",
        };
        (format!("/dashboard/{name}"), kind)
    });
    for (path, kind) in page.into_iter().chain(files) {
        let file = get(&app, &path).await;
        assert_eq!(file.status(), StatusCode::OK, "{path}");
        let head = file.headers();
        assert_eq!(head["content-type"], kind);
        assert_eq!(head["x-content-type-options"], "nosniff");
        let policy = head["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"));
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        let text = text(file).await;
        for foreign in
            ["https:", "//cdn", "innerHTML", "onclick=", "style=", "eval("]
        {
            assert!(!text.contains(foreign), "{path} has {foreign}");
        }
    }
}

/// The stream, as one who reads it sees it.
struct Reader(Body);

/// What comes of a stream.
#[derive(Debug)]
enum Said {
    Clock(u64),
    Picture(Value),
}

impl Reader {
    async fn open(app: &Router) -> Self {
        let stream = get(app, "/api/events").await;
        assert_eq!(stream.status(), StatusCode::OK);
        assert_eq!(stream.headers()["content-type"], "text/event-stream");
        assert_eq!(stream.headers()["cache-control"], "no-store");
        Self(stream.into_body())
    }

    async fn next(&mut self) -> Said {
        let frame = self.0.frame().await.unwrap().unwrap();
        let text = String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap();
        let line = text.strip_suffix("\n\n").unwrap();
        if let Some(ms) = line.strip_prefix("event: clock\ndata: ") {
            return Said::Clock(ms.parse().unwrap());
        }
        Said::Picture(
            serde_json::from_str(line.strip_prefix("data: ").unwrap()).unwrap(),
        )
    }

    async fn picture(&mut self) -> Value {
        loop {
            if let Said::Picture(picture) = self.next().await {
                return picture;
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
async fn who_waits_is_told_by_client_and_run_with_every_moment_of_it() {
    let app = app(Config::default());
    sleep(Duration::from_millis(100)).await;
    let waiting = wait(&app, "async", "7", 3).await;
    sleep(Duration::from_secs(1)).await;
    let later = wait(&app, "sync", "8", 1).await;
    let mut reader = Reader::open(&app).await;
    assert!(matches!(reader.next().await, Said::Clock(1102)));
    let picture = reader.picture().await;
    assert_eq!(picture["counts"]["in_flight"], 4);
    assert_eq!(picture["settings"]["delay_ms"], 3000.0);
    assert_eq!(picture["needs_token"], false);
    let runs = picture["runs"].as_array().unwrap();
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

    // Done at 3.1 s, and told within a twentieth of a second of it.
    loop {
        let picture = reader.picture().await;
        let run = &picture["runs"][0];
        if run["answered"] == 3 {
            assert_eq!(run["requests"][0].to_string(), "[0,0,0,3000,2]");
            assert_eq!(
                (&run["last_ms"], &run["in_flight"]),
                (&3100.into(), &0.into())
            );
            assert!(picture["now_ms"].as_u64().unwrap() <= 3150, "{picture}");
            break;
        }
    }
    drop((waiting, later));
}

/// A thousand changes in a second are twenty pictures; none are none.
#[tokio::test(start_paused = true)]
async fn nothing_is_said_when_nothing_changes_and_not_too_often_when_much_does() {
    let app = app(Config { delay: Duration::ZERO, ..Config::default() });
    let mut reader = Reader::open(&app).await;
    reader.picture().await;
    let mut began = tokio::time::Instant::now();
    // Only that it is still there.
    assert!(matches!(reader.next().await, Said::Clock(_)));
    assert_eq!(began.elapsed(), Duration::from_secs(10));

    began += Duration::from_secs(10);
    let busy = app.clone();
    tokio::spawn(async move {
        for _ in 0..1000 {
            get(&busy, "/").await;
            sleep(Duration::from_millis(1)).await;
        }
    });
    let mut pictures = 0;
    loop {
        let picture = reader.picture().await;
        pictures += 1;
        if picture["counts"]["answered"] == 1000 {
            break;
        }
    }
    let took = began.elapsed();
    let most = took.as_millis() / 50 + 1;
    assert!(pictures <= most && pictures > 10, "{pictures} in {took:?}");
}

#[tokio::test(start_paused = true)]
async fn who_reads_slowly_gets_what_is_newest_and_nothing_twice() {
    let app = app(Config { delay: Duration::ZERO, ..Config::default() });
    let mut slow = Reader::open(&app).await;
    slow.picture().await;
    let mut quick = Reader::open(&app).await;
    for _ in 0..50 {
        get(&app, "/").await;
        sleep(Duration::from_millis(60)).await;
        quick.picture().await;
    }
    assert_eq!(slow.picture().await["counts"]["answered"], 50);
    assert!(matches!(slow.next().await, Said::Clock(_)), "the rest was never kept");
}

#[tokio::test(start_paused = true)]
async fn who_comes_in_the_middle_sees_the_same() {
    let app = app(Config::default());
    let _waiting = wait(&app, "async", "1", 5).await;
    let first = Reader::open(&app).await.picture().await;
    // Nobody listens for a while, so nothing is drawn.
    sleep(Duration::from_secs(1)).await;
    let mut again = Reader::open(&app).await;
    assert!(matches!(again.next().await, Said::Clock(1001..=1200)));
    let second = again.picture().await;
    assert_eq!(first["runs"], second["runs"]);
    assert_eq!(first["counts"], second["counts"]);
}

#[tokio::test(start_paused = true)]
async fn a_reset_and_a_change_are_told() {
    let token = Some(Token::parse("correct-horse").unwrap());
    let access = Access { token, ..Access::default() };
    let app = app(Config { access, ..Config::default() });
    let _waiting = wait(&app, "async", "1", 2).await;
    let mut reader = Reader::open(&app).await;
    assert_eq!(reader.picture().await["needs_token"], true);
    let post = |path, body: &'static str| {
        let mut request = to(Method::POST, path);
        let head = request.headers_mut();
        head.insert("authorization", "Bearer correct-horse".parse().unwrap());
        head.insert("content-type", "application/json".parse().unwrap());
        *request.body_mut() = body.into();
        request
    };
    send(&app, post("/api/settings", r#"{"max_concurrent": 7}"#)).await;
    assert_eq!(reader.picture().await["settings"]["max_concurrent"], 7);
    send(&app, post("/api/stats/reset", "")).await;
    let picture = reader.picture().await;
    assert_eq!(picture["counts"]["received"], 0);
    // A race resets before each client, and its picture has all of them.
    assert_eq!(picture["runs"][0]["received"], 2);
}

/// Whoever says nothing, or nothing that can be right, is answered as all the others.
#[tokio::test(start_paused = true)]
async fn the_ideal_of_a_run_is_its_clients_own_word() {
    let app = app(Config::default());
    let said = [
        (&[Some("1600.000")][..], Some(1600.0)),
        (&[Some("0")], Some(0.0)),
        (&[None], None),
        (&[Some("-1")], None),
        (&[Some("1e3")], None),
        (&[Some("inf")], None),
        (&[Some("99999999999")], None),
        (&[Some("<b>soon</b>")], None),
        // The first word counts, and nonsense is no word.
        (&[None, Some("soon"), Some("5"), Some("6"), None], Some(5.0)),
    ];
    for (run, (words, _)) in said.iter().enumerate() {
        for word in *words {
            let mut request = named("x", &run.to_string());
            if let Some(word) = word {
                request.headers_mut().insert("x-ideal-ms", word.parse().unwrap());
            }
            assert_eq!(send(&app, request).await.status(), StatusCode::OK);
        }
    }
    let picture = Reader::open(&app).await.picture().await;
    let told = picture["runs"].as_array().unwrap();
    for (told, (words, ideal)) in told.iter().zip(said) {
        assert_eq!(told["ideal_ms"], Value::from(ideal), "{words:?}");
    }
    assert_eq!(told.len(), said.len());
}

/// Whatever strangers send, and however much of it waits.
#[tokio::test(start_paused = true)]
async fn a_picture_is_bounded() {
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
    let picture = Reader::open(&app).await.picture().await;
    assert_eq!(picture["counts"]["in_flight"], 10_100);
    let runs = picture["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 64);
    let others = runs.iter().find(|run| run["client"].is_null()).unwrap();
    // All that came when 63 others waited already.
    assert_eq!(others["in_flight"], 10_100 - 63);
    // Each of them said when its own run should end, and none when all of these should.
    assert!(others["ideal_ms"].is_null());
    assert_eq!(
        others["curve"]["in_flight"].as_array().unwrap().last().unwrap(),
        10_037
    );
    let size = picture.to_string().len();
    assert!(size < 64 * 1024, "{size} bytes");
}

#[tokio::test(start_paused = true)]
async fn there_are_only_so_many_streams() {
    let app = app(Config::default());
    let mut streams = Vec::new();
    for _ in 0..256 {
        streams.push(Reader::open(&app).await);
    }
    let refused = get(&app, "/api/events").await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(text(refused).await.contains("close one of them"));
    streams.pop();
    Reader::open(&app).await;
}

fn listen(server: &Background) -> TcpStream {
    raw(server.address(), b"GET /api/events HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
}

/// Long before the time that answers under way are given.
#[test]
fn streams_end_at_once_with_the_server() {
    let limits = Limits { drain: Duration::from_hours(1), ..Limits::default() };
    let server = Background::start(Config { limits, ..Config::default() }).unwrap();
    let mut streams: Vec<_> = (0..3).map(|_| listen(&server)).collect();
    for stream in &mut streams {
        stream.read_exact(&mut [0; 100]).unwrap();
    }
    // Returns when the server has ended.
    drop(server);
    for mut stream in streams {
        let mut rest = String::new();
        stream.read_to_string(&mut rest).unwrap();
        assert!(rest.ends_with("\r\n0\r\n\r\n"), "a whole answer: {rest:?}");
    }
}

/// A page that is only looked at sends nothing more, and is not idle for all that.
#[test]
fn who_listens_may_stay() {
    let short = Duration::from_millis(100);
    let limits = Limits { header: short, write: short, ..Limits::default() };
    let server = Background::start(Config { limits, ..Config::default() }).unwrap();
    let mut stream = listen(&server);
    let (mut waiting, mut received) = (Vec::new(), 0);
    for _ in 0..10 {
        std::thread::sleep(short);
        waiting.push(raw(server.address(), b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"));
        received += 1;
        let told = format!("\"received\":{received},");
        let mut said = String::new();
        wait_until("it is told", || {
            let mut piece = [0; 4096];
            let length = stream.read(&mut piece).unwrap();
            assert!(length > 0, "it was cut after {said}");
            said.push_str(&String::from_utf8_lossy(&piece[..length]));
            said.contains(&told)
        });
    }
}

/// A tab that sleeps: it reads nothing, and is let go. Its keep-alives do not save it.
#[test]
fn who_reads_nothing_is_cut() {
    const RUNS: usize = 63;
    let limits = Limits {
        write: Duration::from_millis(300),
        connections: RUNS + 1,
        ..Limits::default()
    };
    let delay = Duration::from_hours(1);
    let server =
        Background::start(Config { limits, delay, ..Config::default() }).unwrap();
    // So that a picture is large, and the buffers of the kernel soon full.
    let mut waiting = Vec::new();
    for run in 0..RUNS {
        let name = format!("{run}{}", "\u{e9}".repeat(36));
        let names = format!("x-client: {name}\r\nx-run: {name}\r\n");
        let ask = format!("GET / HTTP/1.1\r\nhost: x\r\n{names}\r\n");
        waiting.push(raw(server.address(), ask.as_bytes()));
    }
    wait_until("all wait", || server.stats().counts().in_flight == RUNS);
    let asleep = listen(&server);
    socket2::SockRef::from(&asleep).set_recv_buffer_size(4096).unwrap();
    asleep.peek(&mut [0; 1]).unwrap();
    // Every seat is taken, so this one is served once the sleeper's is free.
    let next = raw(server.address(), b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
    next.set_nonblocking(true).unwrap();
    wait_until("the sleeper has left", || {
        server.stats().reset();
        next.peek(&mut [0; 1]).is_ok()
    });
    assert_eq!(server.stats().counts().in_flight, RUNS, "nobody else had to leave");
}
