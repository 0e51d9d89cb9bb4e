//! Which routes there are, and their methods.

use axum::http::{Method, StatusCode};
use slow_server::{Config, app};

use crate::common::router::{get, request, send, stats, text, to};

#[tokio::test]
async fn the_other_routes_respond_at_once() {
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
async fn an_unknown_path_is_404_and_not_echoed_whole() {
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
async fn every_route_lists_its_methods() {
    let app = app(Config::default());
    for (path, methods) in [
        ("/", "GET,HEAD,OPTIONS"),
        ("/healthz", "GET,HEAD,OPTIONS"),
        ("/metrics", "GET,HEAD,OPTIONS"),
        ("/api/stats", "GET,HEAD,OPTIONS"),
        ("/api/schedule", "GET,HEAD,OPTIONS"),
        ("/api/requests", "GET,HEAD,OPTIONS"),
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
