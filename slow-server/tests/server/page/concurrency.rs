//! `--max-concurrent`: requests are queued or rejected, first come, first served.

use std::time::Duration;

use axum::http::StatusCode;
use slow_server::WhenFull;
use tokio::time::Instant;

use crate::common::router::{at_most, get, start, stats};

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

    // A client that disconnects releases its permit immediately.
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
