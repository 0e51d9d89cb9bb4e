//! What the programs of a lesson need: the URL of the page, and the number of requests.
//!
//! The checker sets both. A program that is started by hand fetches from `slow-server` at
//! the address that it has unless it is told otherwise.

use std::env;

use anyhow::Context as _;

/// The environment variable with the address of the page.
pub const URL: &str = "LESSON_URL";
/// The environment variable with the number of requests.
pub const REQUESTS: &str = "LESSON_REQUESTS";

/// The page to fetch, such as `http://127.0.0.1:5000`.
#[must_use]
pub fn url() -> String {
    let url = env::var(URL).ok().filter(|url| !url.is_empty());
    url.unwrap_or_else(|| "http://127.0.0.1:5000".to_owned())
}

/// How many times to fetch it.
#[must_use]
pub fn requests() -> usize {
    env::var(REQUESTS).ok().and_then(|count| count.parse().ok()).unwrap_or(10)
}

/// Sets the most requests that the server serves at the same time, while others are queued: what
/// the number of its threads does to the tutorial's server.
///
/// It blocks until the response, so it belongs before the runtime starts.
///
/// # Errors
///
/// There is no server, or it does not take this number.
pub fn serve_at_once(places: usize) -> anyhow::Result<()> {
    let settings = format!("{}/api/settings", url());
    ureq::post(&settings)
        .header("content-type", "application/json")
        .send(format!("{{\"max_concurrent\": {places}}}"))
        .with_context(|| format!("cannot have the server serve {places} at once"))?;
    Ok(())
}
