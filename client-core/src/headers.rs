//! What every request says about itself, so that the server can tell the clients apart,
//! treat request 17 the same for each of them, and show a run beside its ideal.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::plan::{Plan, Request};

const X_CLIENT: HeaderName = HeaderName::from_static("x-client");
const X_RUN: HeaderName = HeaderName::from_static("x-run");
const X_REQUEST: HeaderName = HeaderName::from_static("x-request");
const X_IDEAL_MS: HeaderName = HeaderName::from_static("x-ideal-ms");

pub(crate) fn of(plan: &Plan, request: Request) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(X_CLIENT, HeaderValue::from_static(plan.settings().client));
    if let Some(run) = plan.run_header() {
        headers.insert(X_RUN, run.clone());
    }
    headers.insert(X_REQUEST, never_the_same(HeaderValue::from(request.index())));
    if let Some(ideal) = plan.ideal_header() {
        headers.insert(X_IDEAL_MS, ideal.clone());
    }
    headers
}

/// HTTP/2 remembers what it sent, to say it shorter the next time. For what is another in
/// each request that is a search in vain, which costs more than all else of a header.
fn never_the_same(mut value: HeaderValue) -> HeaderValue {
    value.set_sensitive(true);
    value
}

/// The name of a run: a random number, since those of processes are the same again on
/// another machine and in another container.
pub(crate) fn run() -> HeaderValue {
    HeaderValue::from(getrandom::u32().unwrap_or_else(|_| std::process::id()))
}

/// The ideal of a run as its requests say it: in milliseconds, to the microsecond.
pub(crate) fn ideal(ideal: Duration) -> Option<HeaderValue> {
    HeaderValue::try_from(format!("{:.3}", ideal.as_secs_f64() * 1e3)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_run_has_a_name_of_its_own() {
        let runs: std::collections::HashSet<_> = (0..4).map(|_| run()).collect();
        assert!(runs.len() > 1, "{runs:?}");
    }
}
