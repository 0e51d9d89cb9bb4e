//! A LocalSet polls what is spawned on it.

use tokio::task::LocalSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    let local = LocalSet::new();
    let mut started = Vec::new();
    for _ in 0..lesson_kit::requests() {
        started.push(local.spawn_local(fetch(client.clone())));
    }
    println!("{} requests are under way", started.len());
    Ok(())
}

async fn fetch(client: reqwest::Client) -> anyhow::Result<()> {
    let url = lesson_kit::url();
    println!("Waiting for {url}");
    println!("{}", client.get(url).send().await?.text().await?);
    Ok(())
}
