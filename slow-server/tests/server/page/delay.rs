//! The page comes after its delay: exactly, on a paused clock.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use futures_util::FutureExt as _;
use slow_server::{Config, app};
use tokio::time::Instant;

use crate::common::router::{get, get_numbered, request, send, stats, text, to};

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

/// Tokio's timer has whole milliseconds.
#[tokio::test(start_paused = true)]
async fn what_the_timer_adds_to_a_delay_is_counted() {
    let app = app(Config::default());
    get(&app, "/?delay=0s").await;
    assert!(stats(&app).await["late_us"].is_null(), "nothing was timed");
    for (delay, late_us) in [("10ms", 0), ("10.4ms", 600), ("1.5ms", 1100)] {
        get(&app, &format!("/?delay={delay}")).await;
        assert_eq!(stats(&app).await["late_us"], late_us, "{delay}");
    }
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
async fn head_waits_as_get_does_and_leaves_out_the_page() {
    let app = app(Config::default());
    let began = Instant::now();
    let head = send(&app, request(Method::HEAD, "/")).await;
    assert_eq!(began.elapsed(), Duration::from_secs(3));
    assert_eq!(head.status(), StatusCode::OK);
    assert_eq!(head.headers()["content-length"], "6");
    assert_eq!(text(head).await, "");
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
