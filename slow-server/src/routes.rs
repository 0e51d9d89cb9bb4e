//! The routes of the server, and the middleware of each.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::{ALLOW, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use crate::access::{require_known_host, require_token};
use crate::admin;
use crate::live::assets;
use crate::live::feed::{self, SnapshotFeed};
use crate::net::limits::REQUEST_BYTES;
use crate::page::page;
use crate::request_meta::{RequestMeta, asked_for};
use crate::server::Server;

/// All routes of a server.
pub(crate) fn routes(server: &Arc<Server>, feed: &Arc<SnapshotFeed>) -> Router {
    let access = Arc::new(server.config.access.clone());
    let body_timeout = TimeoutLayer::with_status_code(
        StatusCode::REQUEST_TIMEOUT,
        server.config.limits.body,
    );
    // What changes something needs the token, and cannot be sent from another site.
    let write = |methods: Methods| {
        methods
            .route_layer(body_timeout)
            .route_layer(from_fn_with_state(Arc::clone(&access), require_token))
            .route_layer(CsrfLayer::new())
            .options(async || options("POST,OPTIONS"))
    };
    let events = get(feed::events).with_state(Arc::clone(feed));
    let guarded = Router::new()
        .route("/metrics", read(get(admin::metrics)))
        .route("/api/stats", read(get(admin::stats)))
        .route("/api/requests", read(get(admin::requests)))
        .route("/api/schedule", read(get(admin::schedule)))
        .route("/api/events", read(events))
        .route("/api/stats/reset", write(post(admin::reset)))
        .route("/api/settings", write(post(admin::settings)));
    let guarded = assets::ASSETS.iter().fold(guarded, |router, file| {
        router.route(file.path, read(get(async || file.response())))
    });
    let guarded =
        guarded.route_layer(from_fn_with_state(access, require_known_host));
    Router::new()
        .route("/", read(get(page)))
        .route("/healthz", read(get(async || "ok\n")))
        .merge(guarded)
        .fallback(not_found)
        .method_not_allowed_fallback(wrong_method)
        .layer((
            // No browser may guess that a response is HTML.
            SetResponseHeaderLayer::overriding(
                X_CONTENT_TYPE_OPTIONS,
                HeaderValue::from_static("nosniff"),
            ),
            RequestBodyLimitLayer::new(REQUEST_BYTES as usize),
        ))
        .with_state(Arc::clone(server))
}

type Methods = MethodRouter<Arc<Server>>;

/// The methods of a route that changes nothing.
fn read(methods: Methods) -> Methods {
    methods.options(async || options("GET,HEAD,OPTIONS"))
}

fn options(methods: &'static str) -> impl IntoResponse {
    (StatusCode::NO_CONTENT, [(ALLOW, methods)])
}

/// 404, but for `OPTIONS *`, which is about the server itself.
async fn not_found(
    State(server): State<Arc<Server>>,
    meta: RequestMeta,
    method: Method,
    uri: Uri,
) -> Response {
    if method == Method::OPTIONS && uri.path() == "*" {
        return options("GET,HEAD,POST,OPTIONS").into_response();
    }
    server.stats.miss(&meta, asked_for(&method, uri.path()));
    let path: String = uri.path().chars().take(LONGEST_ECHO).collect();
    (StatusCode::NOT_FOUND, format!("There is no page at {path}. Try /.\n"))
        .into_response()
}

async fn wrong_method(
    State(server): State<Arc<Server>>,
    meta: RequestMeta,
    method: Method,
    uri: Uri,
) -> (StatusCode, String) {
    server.stats.miss(&meta, asked_for(&method, uri.path()));
    let method: String = method.as_str().chars().take(LONGEST_ECHO).collect();
    (StatusCode::METHOD_NOT_ALLOWED, format!("This page has no {method}.\n"))
}

/// The most characters of a path or a method that are sent back.
const LONGEST_ECHO: usize = 100;
