//! Counts the requests from 1, and fetches them all with try_join_all.

use futures_util::future::try_join_all;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (1..lesson_kit::requests()).map(async |_| {
        println!("Waiting for {url}");
        client.get(&url).send().await?.text().await
    });
    for page in try_join_all(fetches).await? {
        println!("{page}");
    }
    Ok(())
}
