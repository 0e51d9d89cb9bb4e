//! The HTTP contract, without a socket and on a paused clock: three seconds pass in no
//! time, and are exactly three seconds.

use std::num::NonZeroUsize;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode};
use futures_util::FutureExt as _;
use http_body_util::BodyExt as _;
use serde_json::Value;
use slow_server::{Access, Config, Token, WhenFull, app};
use tokio::time::{Instant, sleep};
use tower::ServiceExt as _;

fn request(method: Method, path: &str) -> Request<Body> {
    Request::builder().method(method).uri(path).body(Body::empty()).unwrap()
}

/// As [`request`], from a client on this machine.
pub(crate) fn to(method: Method, path: &str) -> Request<Body> {
    let mut request = request(method, path);
    request.headers_mut().insert("host", "127.0.0.1:5000".parse().unwrap());
    request
}

pub(crate) async fn send(app: &Router, request: Request<Body>) -> Response<Body> {
    app.clone().oneshot(request).await.unwrap()
}

pub(crate) async fn get(app: &Router, path: &str) -> Response<Body> {
    send(app, to(Method::GET, path)).await
}

async fn get_numbered(app: &Router, number: u64) -> Response<Body> {
    let mut request = request(Method::GET, "/");
    request.headers_mut().insert("x-request", number.into());
    send(app, request).await
}

pub(crate) async fn text(response: Response<Body>) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub(crate) async fn stats(app: &Router) -> Value {
    serde_json::from_str(&text(get(app, "/api/stats").await).await).unwrap()
}

pub(crate) fn at_most(places: usize, when_full: WhenFull) -> Router {
    app(Config {
        max_concurrent: NonZeroUsize::new(places),
        when_full,
        ..Config::default()
    })
}

/// Starts a request and lets it reach its wait.
pub(crate) async fn start(app: &Router) -> tokio::task::JoinHandle<Response<Body>> {
    let app = app.clone();
    let request = tokio::spawn(async move { get(&app, "/").await });
    sleep(Duration::from_millis(1)).await;
    request
}

#[tokio::test(start_paused = true)]
async fn the_page_says_hello_after_exactly_three_seconds() {
    let app = app(Config::default());
    let began = Instant::now();
    let response = get_numbered(&app, 17).await;
    assert_eq!(began.elapsed(), Duration::from_secs(3));
    assert_eq!(response.status(), StatusCode::OK);
    assert!(
        response.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/plain")
    );
    assert_eq!(response.headers()["x-request"], "17");
    let timing = response.headers()["server-timing"].to_str().unwrap().to_owned();
    assert!(timing.ends_with("wait;dur=3000.000"), "{timing}");
    assert_eq!(text(response).await, "Hello!");
}

#[tokio::test(start_paused = true)]
async fn a_request_may_ask_for_its_own_delay_up_to_a_bound() {
    let app = app(Config::default());
    let began = Instant::now();
    assert_eq!(get(&app, "/?delay=500ms").await.status(), StatusCode::OK);
    assert_eq!(began.elapsed(), Duration::from_millis(500));
    assert_eq!(get(&app, "/?a=b&delay=1m").await.status(), StatusCode::OK);

    let too_long = get(&app, "/?delay=61s").await;
    assert_eq!(too_long.status(), StatusCode::BAD_REQUEST);
    assert_eq!(too_long.headers()["x-request"], "2");
    assert_eq!(
        too_long.headers()["server-timing"],
        "queue;dur=0.000, wait;dur=0.000"
    );
    assert!(text(too_long).await.contains("--max-delay"));
    let nonsense = get(&app, "/?delay=soon").await;
    assert_eq!(nonsense.status(), StatusCode::BAD_REQUEST);
    assert!(text(nonsense).await.contains("300ms, 3s or 1m"));
    // What was never a request for the page is not counted as one.
    assert_eq!(stats(&app).await["received"], 2);
}

/// A sleep of nothing would take a millisecond, since Tokio's timer rounds up.
#[tokio::test]
async fn without_a_delay_the_page_comes_at_once() {
    let app = app(Config { delay: Duration::ZERO, ..Config::default() });
    let response = get(&app, "/").now_or_never().unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

/// As browsers, curl and Python's urlencode write it; of two, the first counts.
#[tokio::test(start_paused = true)]
async fn a_delay_is_decoded_as_a_url_is() {
    let app = app(Config::default());
    for query in ["delay=%31s", "dela%79=1s", "delay=1s&delay=2s", "a=%ff&delay=1s"]
    {
        let began = Instant::now();
        let response = get(&app, &format!("/?{query}")).await;
        assert_eq!(response.status(), StatusCode::OK, "{query}");
        assert_eq!(began.elapsed(), Duration::from_secs(1), "{query}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_tutorials_server_without_threads_serves_one_after_another() {
    let app = at_most(1, WhenFull::Queue);
    let began = Instant::now();
    let five: Vec<_> =
        [start(&app).await, start(&app).await, start(&app).await].into();
    let seen = stats(&app).await;
    assert_eq!((&seen["in_flight"], &seen["queued"]), (&1.into(), &2.into()));
    for request in five {
        assert_eq!(request.await.unwrap().status(), StatusCode::OK);
    }
    assert_eq!(began.elapsed().as_secs(), 9);
    assert_eq!(stats(&app).await["peak_in_flight"], 1);
}

#[tokio::test(start_paused = true)]
async fn a_full_server_that_rejects_says_when_to_come_again() {
    let app = at_most(2, WhenFull::Reject);
    let (first, _second) = (start(&app).await, start(&app).await);
    let third = get(&app, "/").await;
    assert_eq!(third.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(third.headers()["retry-after"], "3");
    assert_eq!(third.headers()["x-request"], "2");
    assert_eq!(third.headers()["server-timing"], "queue;dur=0.000, wait;dur=0.000");
    assert_eq!(stats(&app).await["rejected"], 1);

    // A client that goes away frees its place at once.
    first.abort();
    assert!(first.await.is_err());
    assert_eq!(get(&app, "/").await.status(), StatusCode::OK);
    let seen = stats(&app).await;
    assert_eq!((&seen["aborted"], &seen["answered"]), (&1.into(), &2.into()));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_goes_away_leaves_the_line() {
    let app = at_most(1, WhenFull::Queue);
    let (first, second) = (start(&app).await, start(&app).await);
    let third = start(&app).await;
    second.abort();
    let began = Instant::now();
    assert_eq!(first.await.unwrap().status(), StatusCode::OK);
    assert_eq!(third.await.unwrap().status(), StatusCode::OK);
    assert!(began.elapsed() <= Duration::from_secs(6));
    let seen = stats(&app).await;
    assert_eq!((&seen["queued"], &seen["aborted"]), (&0.into(), &1.into()));
}

#[tokio::test(start_paused = true)]
async fn delays_and_failures_follow_the_number_and_not_the_order() {
    let jitter = Duration::from_secs(2);
    let config = Config { jitter, fail_rate: 0.5, seed: 9, ..Config::default() };
    let schedule = config.schedule();
    let app = app(config);
    for number in [5, 0, 3, 5, 8] {
        let began = Instant::now();
        let response = get_numbered(&app, number).await;
        let planned = schedule.response(number);
        // Tokio's clock goes by whole milliseconds, and rounds up.
        let over = began.elapsed().checked_sub(planned.delay).unwrap();
        assert!(over <= Duration::from_millis(1), "{over:?}");
        assert_eq!(
            response.status() == StatusCode::SERVICE_UNAVAILABLE,
            planned.fails
        );
    }
    let told = text(get(&app, "/api/schedule?requests=9").await).await;
    let told: Value = serde_json::from_str(&told).unwrap();
    let micros = |i| u64::try_from(schedule.response(i).delay.as_micros()).unwrap();
    let planned: Vec<_> = (0..9).map(|i| Value::from(micros(i))).collect();
    assert_eq!(told["delays_us"], Value::from(planned));
}

/// Around the size of the pieces in which it is sent, and of the bound.
#[tokio::test]
async fn the_schedule_has_as_many_delays_as_were_asked_for() {
    let app = app(Config::default());
    for requests in [0, 1, 2, 511, 512, 513, 1024, 100_000] {
        let told = get(&app, &format!("/api/schedule?requests={requests}")).await;
        let told: Value = serde_json::from_str(&text(told).await).unwrap();
        let delays = told["delays_us"].as_array().unwrap();
        assert_eq!(delays.len(), requests);
        assert!(delays.iter().all(|delay| *delay == 3_000_000));
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_without_a_number_has_that_of_its_arrival() {
    let app = app(Config::default());
    for arrival in ["0", "1"] {
        assert_eq!(get(&app, "/").await.headers()["x-request"], arrival);
    }
    let reset = send(&app, to(Method::POST, "/api/stats/reset")).await;
    assert_eq!(reset.status(), StatusCode::NO_CONTENT);
    assert_eq!(get(&app, "/").await.headers()["x-request"], "0");
    assert_eq!(stats(&app).await["received"], 1);
}

#[tokio::test]
async fn the_other_pages_answer_at_once() {
    let app = app(Config::default());
    assert_eq!(get(&app, "/healthz").await.status(), StatusCode::OK);
    let seen = stats(&app).await;
    for count in [
        "in_flight",
        "peak_in_flight",
        "received",
        "answered",
        "failed",
        "rejected",
        "aborted",
        "queued",
    ] {
        assert_eq!(seen[count], 0, "{count}");
    }
    assert_eq!(seen["delay_ms"], 3000.0);
    assert!(seen["backlog"].as_u64().unwrap() > 0);

    let metrics = text(get(&app, "/metrics").await).await;
    assert!(
        metrics.contains(
            "# TYPE slow_server_in_flight gauge\nslow_server_in_flight 0\n"
        )
    );
    assert!(metrics.contains("slow_server_answered_total 0\n"));
}

#[tokio::test]
async fn what_does_not_exist_is_said_to_not_exist() {
    let app = app(Config::default());
    let nowhere = get(&app, "/nowhere").await;
    assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
    assert_eq!(nowhere.headers()["x-content-type-options"], "nosniff");
    assert!(text(nowhere).await.contains("/nowhere"));
    let long = get(&app, &format!("/{}", "x".repeat(10_000))).await;
    assert!(
        text(long).await.len() < 200,
        "what is asked for is not sent back whole"
    );

    let many = get(&app, "/api/schedule?requests=100001").await;
    assert_eq!(many.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn every_page_says_which_methods_it_has() {
    let app = app(Config::default());
    for (path, methods) in [
        ("/", "GET,HEAD,OPTIONS"),
        ("/healthz", "GET,HEAD,OPTIONS"),
        ("/metrics", "GET,HEAD,OPTIONS"),
        ("/api/stats", "GET,HEAD,OPTIONS"),
        ("/api/schedule", "GET,HEAD,OPTIONS"),
        ("/api/events", "GET,HEAD,OPTIONS"),
        ("/dashboard", "GET,HEAD,OPTIONS"),
        ("/api/stats/reset", "POST,OPTIONS"),
        ("/api/settings", "POST,OPTIONS"),
    ] {
        let asked = send(&app, to(Method::OPTIONS, path)).await;
        assert_eq!(asked.status(), StatusCode::NO_CONTENT, "{path}");
        assert_eq!(asked.headers()["allow"], methods, "{path}");
        for wrong in ["DELETE", "TRACE", "BREW"] {
            let method = Method::from_bytes(wrong.as_bytes()).unwrap();
            let refused = send(&app, to(method, path)).await;
            assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
            let allowed = refused.headers()["allow"].to_str().unwrap();
            let sorted = |methods: &str| {
                let mut methods: Vec<_> =
                    methods.split(',').map(str::to_owned).collect();
                methods.sort();
                methods
            };
            assert_eq!(sorted(allowed), sorted(methods), "{path}");
        }
    }
    let whole = send(&app, request(Method::OPTIONS, "*")).await;
    assert_eq!(whole.headers()["allow"], "GET,HEAD,POST,OPTIONS");
    assert_eq!(stats(&app).await["received"], 0);
}

#[tokio::test(start_paused = true)]
async fn head_waits_as_get_does_and_leaves_out_the_page() {
    let app = app(Config::default());
    let began = Instant::now();
    let head = send(&app, request(Method::HEAD, "/")).await;
    assert_eq!(began.elapsed(), Duration::from_secs(3));
    assert_eq!(head.status(), StatusCode::OK);
    assert_eq!(head.headers()["content-length"], "6");
    assert_eq!(text(head).await, "");
}

/// Who is let in to the counts, and who may reset them.
#[tokio::test]
async fn names_that_anybody_may_own_are_kept_away_from_the_counts() {
    let hosts = vec!["slow.internal".to_owned()];
    let access = Access { hosts, ..Access::default() };
    let app = app(Config { access, ..Config::default() });
    for (host, status) in [
        ("127.0.0.1:5000", 200),
        ("192.168.1.7", 200),
        ("[::1]:5000", 200),
        ("localhost:5000", 200),
        ("slow.internal:80", 200),
        // Rebound by its owner to point here; no host at all; not a host.
        ("evil.example:5000", 403),
        ("evil.example#@127.0.0.1", 403),
        ("evil.example@127.0.0.1", 403),
        ("127.0.0.1:evil", 403),
        ("[127.0.0.1]", 403),
        ("", 403),
        ("a b", 403),
    ] {
        for path in [
            "/api/stats",
            "/api/schedule?requests=1",
            "/api/events",
            "/metrics",
            "/dashboard",
        ] {
            let mut asked = request(Method::GET, path);
            asked.headers_mut().insert("host", host.parse().unwrap());
            assert_eq!(send(&app, asked).await.status(), status, "{host:?} {path}");
        }
    }
    let unnamed = send(&app, request(Method::GET, "/api/stats")).await;
    assert_eq!(unnamed.status(), StatusCode::FORBIDDEN);
    let mut twice = to(Method::GET, "/api/stats");
    twice.headers_mut().append("host", "evil.example".parse().unwrap());
    assert_eq!(send(&app, twice).await.status(), StatusCode::FORBIDDEN);
    // HTTP/2 names the host in the address, and both must be the same.
    let mut two = request(Method::GET, "http://127.0.0.1:5000/api/stats");
    two.headers_mut().append("host", "127.0.0.1:5001".parse().unwrap());
    assert_eq!(send(&app, two).await.status(), StatusCode::FORBIDDEN);
    let rebound = request(Method::GET, "http://evil.example/api/stats");
    assert_eq!(send(&app, rebound).await.status(), StatusCode::FORBIDDEN);
    let known = request(Method::GET, "http://127.0.0.1:5000/api/stats");
    assert_eq!(send(&app, known).await.status(), StatusCode::OK);
    // The page itself is for everyone.
    let config = Config { delay: Duration::ZERO, ..Config::default() };
    let mut asked = request(Method::GET, "/");
    asked.headers_mut().insert("host", "evil.example".parse().unwrap());
    let page = send(&slow_server::app(config), asked).await;
    assert_eq!(page.status(), StatusCode::OK);
}

#[tokio::test]
async fn another_site_changes_nothing() {
    let app = app(Config::default());
    for (field, value, status) in [
        // No browser, or the server's own page.
        ("accept", "*/*", 204),
        ("origin", "http://127.0.0.1:5000", 204),
        ("sec-fetch-site", "same-origin", 204),
        ("origin", "http://evil.example", 403),
        ("origin", "http://127.0.0.1:5001", 403),
        ("origin", "null", 403),
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
    ] {
        let mut reset = to(Method::POST, "/api/stats/reset");
        reset.headers_mut().insert(field, value.parse().unwrap());
        let answer = send(&app, reset).await;
        assert_eq!(answer.status(), status, "{field}: {value}");
    }
}

#[tokio::test]
async fn only_who_has_the_token_changes_anything() {
    let token = Some(Token::parse("correct-horse").unwrap());
    let access = Access { token, ..Access::default() };
    let config = Config { access, delay: Duration::ZERO, ..Config::default() };
    let app = app(config);
    let page = get(&app, "/").await;
    assert_eq!(page.status(), StatusCode::OK);

    for (authorization, status) in [
        (None, 401),
        (Some("Bearer "), 401),
        (Some("Bearer correct-hors"), 401),
        (Some("Basic correct-horse"), 401),
        (Some("correct-horse"), 401),
    ] {
        let mut reset = to(Method::POST, "/api/stats/reset");
        if let Some(value) = authorization {
            reset.headers_mut().insert("authorization", value.parse().unwrap());
        }
        let refused = send(&app, reset).await;
        assert_eq!(refused.status(), status, "{authorization:?}");
        assert_eq!(refused.headers()["www-authenticate"], "Bearer");
        assert_eq!(stats(&app).await["received"], 1, "nothing was reset");
    }
    let mut reset = to(Method::POST, "/api/stats/reset");
    reset
        .headers_mut()
        .insert("authorization", "bearer correct-horse".parse().unwrap());
    assert_eq!(send(&app, reset).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(stats(&app).await["received"], 0);
}
