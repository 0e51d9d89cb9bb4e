//! Fetches all pages concurrently, and shows them to a waiting reader.

use futures_util::{StreamExt as _, stream::FuturesUnordered};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(async |_| {
        println!("Waiting for {url}");
        client.get(&url).send().await?.text().await
    });
    let mut pages: FuturesUnordered<_> = fetches.collect();
    while let Some(page) = pages.next().await {
        println!("{}", page?);
    }
    Ok(())
}
