//! Fetches many pages, a task for each, and prints how many requests the
//! server rejected.

use reqwest::{RequestBuilder, StatusCode};
use tokio::task::JoinSet;

const MAX_IN_FLIGHT: usize = 8;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut requests = (0..lesson_kit::requests()).map(|_| client.get(&url));
    let mut tasks: JoinSet<_> =
        requests.by_ref().take(MAX_IN_FLIGHT).map(fetch).collect();
    let mut rejected = 0;
    while let Some(page) = tasks.join_next().await {
        // One has ended, so there is room for one more.
        if let Some(request) = requests.next() {
            tasks.spawn(fetch(request));
        }
        match page?? {
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
