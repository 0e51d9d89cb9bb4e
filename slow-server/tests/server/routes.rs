//! The HTTP contract, without a socket and on a paused clock: three seconds pass in no
//! time, and are exactly three seconds.

use std::num::NonZeroUsize;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use slow_server::{Config, WhenFull, app};
use tokio::time::{Instant, sleep};
use tower::ServiceExt as _;

fn request(method: Method, path: &str) -> Request<Body> {
    Request::builder().method(method).uri(path).body(Body::empty()).unwrap()
}

async fn get(app: &Router, path: &str) -> Response<Body> {
    app.clone().oneshot(request(Method::GET, path)).await.unwrap()
}

async fn get_numbered(app: &Router, number: u64) -> Response<Body> {
    let mut request = request(Method::GET, "/");
    request.headers_mut().insert("x-request", number.into());
    app.clone().oneshot(request).await.unwrap()
}

async fn text(response: Response<Body>) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

async fn stats(app: &Router) -> Value {
    serde_json::from_str(&text(get(app, "/api/stats").await).await).unwrap()
}

fn at_most(places: usize, when_full: WhenFull) -> Router {
    app(Config {
        max_concurrent: NonZeroUsize::new(places),
        when_full,
        ..Config::default()
    })
}

/// Starts a request and lets it reach its wait.
async fn start(app: &Router) -> tokio::task::JoinHandle<Response<Body>> {
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
    assert!(text(too_long).await.contains("--max-delay"));
    let nonsense = get(&app, "/?delay=soon").await;
    assert_eq!(nonsense.status(), StatusCode::BAD_REQUEST);
    assert!(text(nonsense).await.contains("300ms, 3s or 1m"));
    // What was never a request for the page is not counted as one.
    assert_eq!(stats(&app).await["received"], 2);
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
    let schedule = slow_server::Schedule::new(&config);
    let app = app(config);
    for number in [5, 0, 3, 5, 8] {
        let began = Instant::now();
        let response = get_numbered(&app, number).await;
        let turn = schedule.turn(number);
        // Tokio's clock goes by whole milliseconds, and rounds up.
        let over = began.elapsed().checked_sub(turn.delay).unwrap();
        assert!(over <= Duration::from_millis(1), "{over:?}");
        assert_eq!(response.status() == StatusCode::SERVICE_UNAVAILABLE, turn.fails);
    }
    let told = text(get(&app, "/api/schedule?requests=9").await).await;
    let told: Value = serde_json::from_str(&told).unwrap();
    let micros = |i| u64::try_from(schedule.turn(i).delay.as_micros()).unwrap();
    let planned: Vec<_> = (0..9).map(|i| Value::from(micros(i))).collect();
    assert_eq!(told["delays_us"], Value::from(planned));
}

#[tokio::test(start_paused = true)]
async fn a_request_without_a_number_has_that_of_its_arrival() {
    let app = app(Config::default());
    for arrival in ["0", "1"] {
        assert_eq!(get(&app, "/").await.headers()["x-request"], arrival);
    }
    let reset = app.clone().oneshot(request(Method::POST, "/api/stats/reset")).await;
    assert_eq!(reset.unwrap().status(), StatusCode::NO_CONTENT);
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
    assert!(text(nowhere).await.contains("/nowhere"));

    let post = app.clone().oneshot(request(Method::POST, "/")).await.unwrap();
    assert_eq!(post.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(post.headers()["allow"], "GET,HEAD");
    let many = get(&app, "/api/schedule?requests=100001").await;
    assert_eq!(many.status(), StatusCode::BAD_REQUEST);
}
