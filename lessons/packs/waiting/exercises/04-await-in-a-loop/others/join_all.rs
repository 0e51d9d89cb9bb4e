//! Fetches all pages with an async client.

use futures_util::future::join_all;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(async |_| {
        println!("Waiting for {url}");
        client.get(&url).send().await?.text().await
    });
    for page in join_all(fetches).await {
        println!("{}", page?);
    }
    Ok(())
}
