//! Fetches many pages with a task for each, and says how many the server
//! refused.

use reqwest::{RequestBuilder, StatusCode};
use tokio::task::JoinSet;

const AT_ONCE: usize = 8;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut requests = (0..lesson_kit::requests()).map(|_| client.get(&url));
    let mut tasks: JoinSet<_> =
        requests.by_ref().take(AT_ONCE).map(fetch).collect();
    let mut turned_away = 0;
    while let Some(page) = tasks.join_next().await {
        // One has ended, so there is a place for one more.
        if let Some(request) = requests.next() {
            tasks.spawn(fetch(request));
        }
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
