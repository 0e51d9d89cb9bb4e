//! Fetches many pages, at most four at a time, which spares the server.

use futures_util::{StreamExt as _, stream};

const MAX_IN_FLIGHT: usize = 4;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let url = lesson_kit::url();
    let fetches = (0..lesson_kit::requests()).map(|_| fetch(&url));
    let mut pages = stream::iter(fetches).buffer_unordered(MAX_IN_FLIGHT);
    while let Some(page) = pages.next().await {
        println!("{}", page?);
    }
    Ok(())
}

async fn fetch(url: &str) -> reqwest::Result<String> {
    println!("Waiting for {url}");
    reqwest::get(url).await?.text().await
}
