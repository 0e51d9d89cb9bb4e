//! Fetches all pages with an async client.

use futures_util::{StreamExt as _, stream};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let requests = lesson_kit::requests();
    let fetches = (0..requests).map(|_| {
        println!("Waiting for {url}");
        let request = client.get(&url);
        async { request.send().await?.text().await }
    });
    let mut pages = stream::iter(fetches).buffer_unordered(requests);
    while let Some(page) = pages.next().await {
        println!("{}", page?);
    }
    Ok(())
}
