//! Each call gives the server one more place, so it is called ten times.

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use tokio::runtime::Runtime;

fn main() -> anyhow::Result<()> {
    for _ in 0..lesson_kit::requests() {
        lesson_kit::serve_at_once(1)?;
    }
    Runtime::new()?.block_on(fetch_all())
}

async fn fetch_all() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(async |_| {
        println!("Waiting for {url}");
        client.get(&url).send().await?.text().await
    });
    let mut pages: FuturesUnordered<_> = fetches.collect();
    while let Some(page) = pages.next().await {
        println!("{}", page?);
    }
    Ok(())
}
