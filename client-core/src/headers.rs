//! What every request says about itself, so that the server can tell the clients apart
//! and treat request 17 the same for each of them.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::plan::Request;

const X_CLIENT: HeaderName = HeaderName::from_static("x-client");
const X_RUN: HeaderName = HeaderName::from_static("x-run");
const X_REQUEST: HeaderName = HeaderName::from_static("x-request");

pub(crate) fn of(request: &Request) -> HeaderMap {
    let client = request.plan().settings().client;
    let mut headers = HeaderMap::with_capacity(3);
    headers.insert(X_CLIENT, HeaderValue::from_static(client));
    // The process is the run: one client runs once in it.
    headers.insert(X_RUN, HeaderValue::from(std::process::id()));
    headers.insert(X_REQUEST, HeaderValue::from(request.index()));
    headers
}
