//! Polls them all, and expects them to be there in half a second.

use std::time::Duration;

use futures_util::future::try_join_all;
use tokio::time::timeout;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut started = Vec::new();
    for _ in 0..lesson_kit::requests() {
        started.push(fetch(&client, &url));
    }
    println!("{} requests are under way", started.len());
    timeout(Duration::from_millis(500), try_join_all(started))
        .await
        .expect("the server is slow")?;
    Ok(())
}

async fn fetch(client: &reqwest::Client, url: &str) -> anyhow::Result<()> {
    println!("Waiting for {url}");
    println!("{}", client.get(url).send().await?.text().await?);
    Ok(())
}
