//! The futures can be collected into a FuturesUnordered and drained.

use futures_util::stream::{FuturesUnordered, TryStreamExt};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let started: FuturesUnordered<_> =
        (0..lesson_kit::requests()).map(|_| fetch(&client, &url)).collect();
    println!("{} requests are under way", started.len());
    started.try_collect::<()>().await
}

async fn fetch(client: &reqwest::Client, url: &str) -> anyhow::Result<()> {
    println!("Waiting for {url}");
    println!("{}", client.get(url).send().await?.text().await?);
    Ok(())
}
