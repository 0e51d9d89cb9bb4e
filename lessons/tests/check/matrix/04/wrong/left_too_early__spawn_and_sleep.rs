//! The tasks run in the background, I only have to give them a moment.

use std::time::Duration;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    for _ in 0..lesson_kit::requests() {
        tokio::spawn(fetch(client.clone(), url.clone()));
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    Ok(())
}

async fn fetch(client: reqwest::Client, url: String) -> anyhow::Result<()> {
    println!("Waiting for {url}");
    let page = client.get(&url).send().await?.text().await?;
    println!("{page}");
    Ok(())
}
