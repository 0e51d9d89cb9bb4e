//! Asks join_all for one page at a time.

use futures_util::{StreamExt as _, future::join_all};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(async |_| {
        println!("Waiting for {url}");
        client.get(&url).send().await?.text().await
    });
    let mut pages = join_all(fetches);
    while let Some(page) = pages.next().await {
        println!("{}", page?);
    }
    Ok(())
}
