//! Fetches many pages, a task for each, and prints how many requests the
//! server rejected.

use std::sync::Arc;

use reqwest::{RequestBuilder, StatusCode};
use tokio::{sync::Semaphore, task::JoinSet};

const MAX_IN_FLIGHT: usize = 8;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let places = Arc::new(Semaphore::new(MAX_IN_FLIGHT));
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        let (request, places) = (client.get(&url), Arc::clone(&places));
        tasks.spawn(async move {
            // Released when the page is here; then another task may send.
            let _place = places.acquire().await?;
            fetch(request).await
        });
    }
    let mut rejected = 0;
    while let Some(page) = tasks.join_next().await {
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
