//! Fetches all pages concurrently, and shows each that the server sends.

use futures_util::future::try_join_all;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(async |_| {
        println!("Waiting for {url}");
        client.get(&url).send().await?.error_for_status()?.text().await
    });
    for page in try_join_all(fetches).await? {
        println!("{page}");
    }
    Ok(())
}
