//! Which requests may see the counts, and which may reset them.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use slow_server::{Access, Config, Token, app};

use crate::common::router::{get, request, send, stats, to};

#[tokio::test]
async fn an_unknown_host_may_not_see_the_counts() {
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
            "/api/requests",
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
async fn a_request_from_another_site_changes_nothing() {
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
async fn changes_need_the_token() {
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
