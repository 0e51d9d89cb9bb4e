//! A blocking client keeps its connections, and one is enough for all.

use futures_util::{StreamExt as _, stream};
use reqwest::blocking::Client;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(async |_| {
        println!("Waiting for {url}");
        client.get(&url).send()?.text()
    });
    let mut pages = stream::iter(fetches).buffer_unordered(4);
    while let Some(page) = pages.next().await {
        println!("{}", page?);
    }
    Ok(())
}
