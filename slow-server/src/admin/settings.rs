//! `POST /api/settings`: change how the page behaves while the server runs.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::server::Server;

/// Takes any of `delay`, `jitter`, `fail_rate` and `max_concurrent`, and answers with the
/// settings now in force. Requests in flight keep the delay that they have.
pub(crate) async fn change(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    // A form on another site can send text, but not JSON without asking first.
    if !is_json(&headers) {
        let why = "Send JSON, with the header \"content-type: application/json\".\n";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, why).into_response();
    }
    match server.change(|settings| settings.changed_by(&body)) {
        Ok(settings) => Json(settings).into_response(),
        Err(why) => (StatusCode::BAD_REQUEST, format!("{why}\n")).into_response(),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}
