//! What can be changed while the server runs, without a socket and on a paused clock.

use std::num::NonZeroUsize;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode};
use serde_json::Value;
use slow_server::{Access, Config, Token, WhenFull, app};
use tokio::time::Instant;

use crate::common::router::{at_most, get, send, start, stats, text, to};

fn post(body: impl Into<Body>) -> Request<Body> {
    let mut request = to(Method::POST, "/api/settings");
    request
        .headers_mut()
        .insert("content-type", "application/json".parse().unwrap());
    *request.body_mut() = body.into();
    request
}

async fn change(app: &Router, body: &'static str) -> Response<Body> {
    send(app, post(body)).await
}

#[tokio::test(start_paused = true)]
async fn a_change_is_for_later_requests() {
    let app = app(Config::default());
    let began = Instant::now();
    let before = start(&app).await;
    let changed = change(&app, r#"{"delay": "500ms", "fail_rate": 1}"#).await;
    assert_eq!(changed.status(), StatusCode::OK);
    let answer: Value = serde_json::from_str(&text(changed).await).unwrap();
    assert_eq!(answer["delay_ms"], 500.0);
    assert_eq!(answer["jitter_ms"], 0.0, "what is not named stays");

    let after = get(&app, "/").await;
    assert_eq!(after.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(began.elapsed(), Duration::from_millis(501));
    assert_eq!(before.await.unwrap().status(), StatusCode::OK);
    assert_eq!(began.elapsed(), Duration::from_secs(3));

    let seen = stats(&app).await;
    assert_eq!(
        (&seen["delay_ms"], &seen["fail_rate"]),
        (&500.0.into(), &1.0.into())
    );
    let planned = text(get(&app, "/api/schedule?requests=1").await).await;
    assert_eq!(planned, r#"{"delays_us":[500000]}"#);
}

#[tokio::test(start_paused = true)]
async fn under_a_lower_limit_none_starts_until_few_enough_are_in_flight() {
    let app = app(Config::default());
    let began = Instant::now();
    let three = [start(&app).await, start(&app).await, start(&app).await];
    change(&app, r#"{"max_concurrent": 2}"#).await;
    let late = [start(&app).await, start(&app).await, start(&app).await];
    let seen = stats(&app).await;
    assert_eq!((&seen["in_flight"], &seen["queued"]), (&3.into(), &3.into()));
    assert_eq!(seen["max_concurrent"], 2);
    for request in three.into_iter().chain(late) {
        assert_eq!(request.await.unwrap().status(), StatusCode::OK);
    }
    // Three at a time, then two, then one.
    assert_eq!(began.elapsed().as_secs(), 9);
    assert_eq!(stats(&app).await["peak_in_flight"], 3);
}

#[tokio::test(start_paused = true)]
async fn without_a_limit_all_that_are_queued_start() {
    let app = at_most(1, WhenFull::Queue);
    let began = Instant::now();
    let four =
        [start(&app).await, start(&app).await, start(&app).await, start(&app).await];
    assert_eq!(stats(&app).await["queued"], 3);
    change(&app, r#"{"max_concurrent": null}"#).await;
    for request in four {
        assert_eq!(request.await.unwrap().status(), StatusCode::OK);
    }
    assert_eq!(began.elapsed().as_secs(), 3);
    assert_eq!(stats(&app).await["max_concurrent"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_rejects_does_so_by_the_limit_in_force() {
    let app = at_most(1, WhenFull::Reject);
    let _first = start(&app).await;
    assert_eq!(get(&app, "/").await.status(), StatusCode::SERVICE_UNAVAILABLE);
    change(&app, r#"{"max_concurrent": 2}"#).await;
    let _second = start(&app).await;
    assert_eq!(get(&app, "/").await.status(), StatusCode::SERVICE_UNAVAILABLE);
    let seen = stats(&app).await;
    assert_eq!((&seen["in_flight"], &seen["rejected"]), (&2.into(), &2.into()));
}

#[tokio::test]
async fn a_value_that_its_flag_refuses_is_refused() {
    let app = at_most(5, WhenFull::Queue);
    let before = stats(&app).await;
    for (body, why) in [
        (
            r#"{"delay": "soon"}"#,
            "delay: write a number and its unit, such as 300ms",
        ),
        (r#"{"delay": 3}"#, "such as 300ms, 3s or 1m"),
        (r#"{"delay": "31days"}"#, "at most 30days"),
        (r#"{"jitter": null}"#, "jitter: write a number and its unit"),
        (r#"{"fail_rate": 1.5}"#, "a share from 0 (none) to 1 (all)"),
        (r#"{"fail_rate": "NaN"}"#, "a share from 0"),
        (r#"{"max_concurrent": 0}"#, "a whole number, 1 or more, or null"),
        (r#"{"max_concurrent": -1}"#, "a whole number, 1 or more"),
        (r#"{"max_concurrent": 1e3}"#, "a whole number, 1 or more"),
        (r#"{"max_concurrent": [1]}"#, "a whole number, 1 or more"),
        (r#"{"seed": 1}"#, "seed: there is no such setting"),
        // Nothing of it is done, not even what is right.
        (r#"{"delay": "1s", "jitter": "x"}"#, "jitter: write"),
        ("[]", "an object of JSON, such as {\"delay\""),
        ("", "an object of JSON"),
        ("{\"delay\": \"1s\"", "an object of JSON"),
    ] {
        let refused = change(&app, body).await;
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{body}");
        let answer = text(refused).await;
        assert!(answer.contains(why), "{body}: {answer}");
        assert!(answer.ends_with('\n') && answer.len() < 200, "{answer}");
    }
    let large = vec![b' '; 17 * 1024];
    let large = send(&app, post(large)).await;
    assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let mut form = to(Method::POST, "/api/settings");
    *form.body_mut() = r#"{"delay": "0s"}"#.into();
    let form = send(&app, form).await;
    assert_eq!(form.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(stats(&app).await, before);
}

#[tokio::test]
async fn a_change_needs_the_token_and_a_known_host() {
    let token = Some(Token::parse("correct-horse").unwrap());
    let access = Access { token, ..Access::default() };
    let max_concurrent = NonZeroUsize::new(5);
    let app = app(Config { access, max_concurrent, ..Config::default() });
    let with = async |fields: &[(&'static str, &str)]| {
        let mut request = post(r#"{"delay": "0s"}"#);
        for (name, value) in fields {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        send(&app, request).await.status()
    };
    let right = ("authorization", "Bearer correct-horse");
    assert_eq!(with(&[]).await, StatusCode::UNAUTHORIZED);
    let elsewhere = ("origin", "http://evil.example");
    assert_eq!(with(&[right, elsewhere]).await, StatusCode::FORBIDDEN);
    let rebound = ("host", "evil.example");
    assert_eq!(with(&[right, rebound]).await, StatusCode::FORBIDDEN);
    assert_eq!(stats(&app).await["delay_ms"], 3000.0);
    assert_eq!(with(&[right]).await, StatusCode::OK);
    assert_eq!(stats(&app).await["delay_ms"], 0.0);
}
