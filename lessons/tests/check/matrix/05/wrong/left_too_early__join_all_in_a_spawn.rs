//! A task in the background joins them all.

use futures_util::future::try_join_all;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    let mut started = Vec::new();
    for _ in 0..lesson_kit::requests() {
        started.push(fetch(client.clone()));
    }
    println!("{} requests are under way", started.len());
    tokio::spawn(try_join_all(started));
    tokio::task::yield_now().await;
    Ok(())
}

async fn fetch(client: reqwest::Client) -> anyhow::Result<()> {
    let url = lesson_kit::url();
    println!("Waiting for {url}");
    println!("{}", client.get(url).send().await?.text().await?);
    Ok(())
}
