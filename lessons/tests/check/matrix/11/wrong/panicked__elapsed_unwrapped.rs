//! The timeout gives a Result, and the page is taken out of it.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::timeout;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(async |number| {
        println!("Waiting for {url}  (request {number})");
        let page = async { client.get(&url).send().await?.text().await };
        timeout(Duration::from_secs(1), page).await.unwrap()
    });
    for (number, page) in join_all(fetches).await.into_iter().enumerate() {
        println!("{}  (request {number})", page?);
    }
    Ok(())
}
