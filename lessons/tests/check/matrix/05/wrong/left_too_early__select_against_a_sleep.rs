//! select! runs both branches, the requests and a short pause.

use std::time::Duration;

use futures_util::future::join_all;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut started = Vec::new();
    for _ in 0..lesson_kit::requests() {
        started.push(fetch(&client, &url));
    }
    println!("{} requests are under way", started.len());
    tokio::select! {
        _ = join_all(started) => println!("all are here"),
        () = tokio::time::sleep(Duration::from_millis(500)) => {}
    }
    Ok(())
}

async fn fetch(client: &reqwest::Client, url: &str) -> anyhow::Result<()> {
    println!("Waiting for {url}");
    println!("{}", client.get(url).send().await?.text().await?);
    Ok(())
}
