//! Runs all of the futures in the Vec concurrently and drains them.

use futures_util::{StreamExt, stream};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut started = Vec::new();
    for _ in 0..lesson_kit::requests() {
        started.push(fetch(&client, &url));
    }
    println!("{} requests are under way", started.len());
    let all = started.len();
    stream::iter(started)
        .for_each_concurrent(all, async |future| future.await.unwrap())
        .await;
}

async fn fetch(client: &reqwest::Client, url: &str) -> anyhow::Result<()> {
    println!("Waiting for {url}");
    println!("{}", client.get(url).send().await?.text().await?);
    Ok(())
}
