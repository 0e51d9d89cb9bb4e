//! A good client has a timeout, and a second is long for a computer.

use std::time::Duration;
use tokio::task::JoinSet;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let client =
        reqwest::Client::builder().timeout(Duration::from_secs(1)).build()?;
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(fetch(client.clone(), lesson_kit::url()));
    }
    while let Some(fetched) = tasks.join_next().await {
        fetched??;
    }
    Ok(())
}

async fn fetch(client: reqwest::Client, url: String) -> anyhow::Result<()> {
    println!("Waiting for {url}");
    let response = client.get(&url).send().await?;
    println!("{}", response.text().await?);
    Ok(())
}
