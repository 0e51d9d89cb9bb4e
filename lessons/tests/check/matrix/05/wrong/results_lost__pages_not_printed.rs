//! fetch() gives its page back, and try_join_all collects them.

use futures_util::future::try_join_all;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut started = Vec::new();
    for _ in 0..lesson_kit::requests() {
        started.push(fetch(&client, &url));
    }
    println!("{} requests are under way", started.len());
    let pages = try_join_all(started).await?;
    println!("{} pages are here", pages.len());
    Ok(())
}

async fn fetch(client: &reqwest::Client, url: &str) -> anyhow::Result<String> {
    println!("Waiting for {url}");
    Ok(client.get(url).send().await?.text().await?)
}
