//! One client for all, and its pool takes care of the connections.

use futures_util::future::join_all;
use reqwest::Client;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = Client::builder().pool_max_idle_per_host(4).build()?;
    let url = lesson_kit::url();
    let fetches = (0..lesson_kit::requests()).map(async |_| {
        println!("Waiting for {url}");
        client.get(&url).send().await?.text().await
    });
    for page in join_all(fetches).await {
        println!("{}", page?);
    }
    Ok(())
}
