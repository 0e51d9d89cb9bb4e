//! Fetches many pages, at most eight at once, and says how many the server
//! refused.

use futures_util::{StreamExt as _, stream};
use reqwest::{RequestBuilder, StatusCode};

const AT_ONCE: usize = 8;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches =
        (0..lesson_kit::requests()).map(|_| fetch(client.get(&url)));
    // The iterator is lazy: a request is made when there is a place for it.
    let mut pages = stream::iter(fetches).buffer_unordered(AT_ONCE);
    let mut turned_away = 0;
    while let Some(page) = pages.next().await {
        match page? {
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
