//! Races each page against a clock, and the first one counts.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::sleep;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let races = (0..lesson_kit::requests()).map(async |number| {
        let page = fetch(client.get(&url));
        sleep(Duration::from_secs(1)).await;
        drop(page);
        println!("no answer  (request {number})");
    });
    join_all(races).await;
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<()> {
    println!("Waiting for {}", lesson_kit::url());
    println!("{}", request.send().await?.text().await?);
    Ok(())
}
