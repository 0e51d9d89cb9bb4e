//! The headers of every request, by which the server distinguishes the clients,
//! treat request 17 the same for each of them, and show a run beside its ideal.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::settings::run_name::RunName;

const X_CLIENT: HeaderName = HeaderName::from_static("x-client");
const X_RUN: HeaderName = HeaderName::from_static("x-run");
const X_RUN_ID: HeaderName = HeaderName::from_static("x-run-id");
const X_REQUEST: HeaderName = HeaderName::from_static("x-request");
const X_IDEAL_MS: HeaderName = HeaderName::from_static("x-ideal-ms");

/// The headers of request `index`, in a run that has begun or not.
pub(crate) fn of(
    client: &'static str,
    index: usize,
    run: Option<&RunHeaders>,
) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(5);
    headers.insert(X_CLIENT, HeaderValue::from_static(client));
    headers.insert(X_REQUEST, never_repeated(HeaderValue::from(index)));
    if let Some(RunHeaders { run, id, ideal }) = run {
        headers.insert(X_RUN, run.clone());
        if let Some(id) = id {
            headers.insert(X_RUN_ID, id.clone());
        }
        if let Some(ideal) = ideal {
            headers.insert(X_IDEAL_MS, ideal.clone());
        }
    }
    headers
}

/// What all requests of a run say alike, made once so that it costs a request next to nothing.
#[derive(Debug)]
pub(crate) struct RunHeaders {
    run: HeaderValue,
    // Where a person gave `run`, which may be that of the run before.
    id: Option<HeaderValue>,
    ideal: Option<HeaderValue>,
}

impl RunHeaders {
    /// For a new run, which should take `ideal` if that is known.
    pub(crate) fn new(name: Option<&RunName>, ideal: Option<Duration>) -> Self {
        let ideal = ideal.and_then(ideal_ms);
        // A header is bytes, and these are the ones of UTF-8.
        let name = name
            .and_then(|name| HeaderValue::from_bytes(name.as_str().as_bytes()).ok());
        match name {
            Some(run) => Self { run, id: Some(run_id()), ideal },
            None => Self { run: run_id(), id: None, ideal },
        }
    }
}

/// Marked as sensitive so that HPACK does not index it: the value is never repeated, and the
/// failed lookup would dominate the encoding.
fn never_repeated(mut value: HeaderValue) -> HeaderValue {
    value.set_sensitive(true);
    value
}

/// What distinguishes a run from all others: a random number, since process ids repeat on another
/// machine and in another container.
fn run_id() -> HeaderValue {
    HeaderValue::from(getrandom::u32().unwrap_or_else(|_| std::process::id()))
}

/// In milliseconds, to the microsecond.
fn ideal_ms(ideal: Duration) -> Option<HeaderValue> {
    HeaderValue::try_from(format!("{:.3}", ideal.as_secs_f64() * 1e3)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_run_has_a_name_of_its_own() {
        let runs: std::collections::HashSet<_> = (0..4).map(|_| run_id()).collect();
        assert!(runs.len() > 1, "{runs:?}");
    }
}
