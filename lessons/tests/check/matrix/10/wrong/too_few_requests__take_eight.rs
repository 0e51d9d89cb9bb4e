//! The stream takes only as many as the server has places for.

use futures_util::{StreamExt as _, stream};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests())
        .map(async |_| client.get(&url).send().await?.text().await);
    let mut pages = stream::iter(fetches).take(8).buffer_unordered(8);
    while let Some(page) = pages.next().await {
        println!("{}", page?);
    }
    Ok(())
}
