//! Fetches many pages with a task for each, and says how many the server
//! refused.

use reqwest::{RequestBuilder, StatusCode};
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(fetch(client.get(&url)));
    }
    let mut turned_away = 0;
    while let Some(page) = tasks.join_next().await {
        match page?? {
            Some(page) => println!("{page}"),
            None => turned_away += 1,
        }
    }
    println!("turned away: {turned_away}");
    Ok(())
}

/// The page, or `None` from a server that is full.
async fn fetch(request: RequestBuilder) -> anyhow::Result<Option<String>> {
    let answer = request.send().await?;
    let is_full = answer.status() == StatusCode::SERVICE_UNAVAILABLE;
    Ok(if is_full { None } else { Some(answer.text().await?) })
}
