//! A buffered stream shows each page as it comes.

use futures_util::{StreamExt as _, stream};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(async |_| {
        println!("Waiting for {url}");
        client.get(&url).send().await?.text().await
    });
    let mut pages = stream::iter(fetches).buffer_unordered(5);
    while let Some(page) = pages.next().await {
        println!("{}", page?);
    }
    Ok(())
}
