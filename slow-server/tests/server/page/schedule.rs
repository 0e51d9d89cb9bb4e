//! The schedule: request 17 has the same delay and the same failure for every client.

use std::time::Duration;

use axum::http::StatusCode;
use proptest::prelude::*;
use serde_json::Value;
use slow_server::{Config, Schedule, app};
use tokio::time::Instant;

use crate::common::router::{get, get_numbered, text};

fn schedule(jitter_ms: u64, fail_rate: f64, seed: u64) -> Schedule {
    let [delay, jitter] = [100, jitter_ms].map(Duration::from_millis);
    Config { delay, jitter, fail_rate, seed, ..Config::default() }.schedule()
}

proptest! {
    #[test]
    fn a_response_depends_on_the_seed_and_the_number_alone(
        seed: u64, request: u64, jitter in 0..10_000_u64, rate in 0.0..=1.0,
    ) {
        let one = schedule(jitter, rate, seed);
        let other = schedule(jitter, rate, seed);
        prop_assert_eq!(one.response(request), other.response(request));
    }

    #[test]
    fn a_delay_stays_between_the_delay_and_the_jitter_above_it(
        seed: u64, request: u64, jitter in 0..10_000_u64,
    ) {
        let planned = schedule(jitter, 0.0, seed).response(request);
        prop_assert!(planned.delay >= Duration::from_millis(100));
        prop_assert!(planned.delay <= Duration::from_millis(100 + jitter));
    }

    #[test]
    fn nothing_fails_at_rate_0_and_everything_at_rate_1(seed: u64, request: u64) {
        prop_assert!(!schedule(0, 0.0, seed).response(request).fails);
        prop_assert!(schedule(0, 1.0, seed).response(request).fails);
    }
}

#[test]
fn the_share_of_failures_is_the_one_asked_for() {
    let schedule = schedule(0, 0.25, 7);
    let failures =
        (0..100_000).filter(|&request| schedule.response(request).fails).count();
    // Six standard deviations of a binomial are 822; the seed is fixed anyway.
    assert!(failures.abs_diff(25_000) < 822, "{failures} of 100,000");
}

#[test]
fn another_seed_is_another_schedule() {
    let responses =
        |seed| (0..32).map(|i| schedule(1000, 0.5, seed).response(i)).collect();
    let (one, other): (Vec<_>, Vec<_>) = (responses(1), responses(2));
    assert_ne!(one, other);
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
    let json = text(get(&app, "/api/schedule?requests=9").await).await;
    let json: Value = serde_json::from_str(&json).unwrap();
    let micros = |i| u64::try_from(schedule.response(i).delay.as_micros()).unwrap();
    let planned: Vec<_> = (0..9).map(|i| Value::from(micros(i))).collect();
    assert_eq!(json["delays_us"], Value::from(planned));
}

/// Around the size of the pieces in which it is sent, and of the bound.
#[tokio::test]
async fn the_schedule_has_as_many_delays_as_were_asked_for() {
    let app = app(Config::default());
    for requests in [0, 1, 2, 511, 512, 513, 1024, 100_000] {
        let response =
            get(&app, &format!("/api/schedule?requests={requests}")).await;
        let json: Value = serde_json::from_str(&text(response).await).unwrap();
        let delays = json["delays_us"].as_array().unwrap();
        assert_eq!(delays.len(), requests);
        assert!(delays.iter().all(|delay| *delay == 3_000_000));
    }
}
