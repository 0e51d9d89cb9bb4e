//! Requests to a router, without a socket: three seconds pass in no time on a paused clock.

use std::num::NonZeroUsize;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response};
use http_body_util::BodyExt as _;
use serde_json::Value;
use slow_server::{Config, WhenFull, app};
use tokio::time::sleep;
use tower::ServiceExt as _;

pub(crate) fn request(method: Method, path: &str) -> Request<Body> {
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

pub(crate) async fn get_numbered(app: &Router, number: u64) -> Response<Body> {
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
