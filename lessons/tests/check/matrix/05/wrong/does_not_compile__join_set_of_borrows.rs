//! A JoinSet instead of the Vec, the rest can stay.

use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut started = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        started.spawn(fetch(&client, &url));
    }
    println!("{} requests are under way", started.len());
    while let Some(fetched) = started.join_next().await {
        fetched??;
    }
    Ok(())
}

async fn fetch(client: &reqwest::Client, url: &str) -> anyhow::Result<()> {
    println!("Waiting for {url}");
    println!("{}", client.get(url).send().await?.text().await?);
    Ok(())
}
