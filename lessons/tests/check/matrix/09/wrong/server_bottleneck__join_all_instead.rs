//! A JoinSet spawns its tasks one by one, so I use join_all instead.

use futures_util::future::join_all;
use tokio::runtime::Runtime;

const SERVED_AT_ONCE: usize = 1;

fn main() -> anyhow::Result<()> {
    lesson_kit::serve_at_once(SERVED_AT_ONCE)?;
    Runtime::new()?.block_on(fetch_all())
}

async fn fetch_all() -> anyhow::Result<()> {
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
