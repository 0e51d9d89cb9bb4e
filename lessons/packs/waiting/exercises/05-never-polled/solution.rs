//! Starts a request for each page, and does not wait for one before the next.

use futures_util::future::try_join_all;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut started = Vec::new();
    for _ in 0..lesson_kit::requests() {
        started.push(fetch(&client, &url));
    }
    println!("{} requests are in flight", started.len());
    try_join_all(started).await?;
    Ok(())
}

async fn fetch(client: &reqwest::Client, url: &str) -> anyhow::Result<()> {
    println!("Waiting for {url}");
    println!("{}", client.get(url).send().await?.text().await?);
    Ok(())
}
