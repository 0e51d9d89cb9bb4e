//! Fetches many pages, at most eight at a time, and prints how many requests
//! the server rejected.

use futures_util::{StreamExt as _, stream};
use reqwest::{RequestBuilder, StatusCode};

const MAX_IN_FLIGHT: usize = 8;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches =
        (0..lesson_kit::requests()).map(|_| fetch(client.get(&url)));
    // The iterator is lazy: a future is created when there is room for it.
    let mut pages = stream::iter(fetches).buffer_unordered(MAX_IN_FLIGHT);
    let mut rejected = 0;
    while let Some(page) = pages.next().await {
        match page? {
            Some(page) => println!("{page}"),
            None => rejected += 1,
        }
    }
    println!("rejected: {rejected}");
    Ok(())
}

/// The page; `None` where the server was full.
async fn fetch(request: RequestBuilder) -> anyhow::Result<Option<String>> {
    let response = request.send().await?;
    let is_full = response.status() == StatusCode::SERVICE_UNAVAILABLE;
    Ok(if is_full { None } else { Some(response.text().await?) })
}
