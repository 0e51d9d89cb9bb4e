//! The handles go into a FuturesUnordered, which gives the pages as they come.

use futures_util::{StreamExt as _, stream::FuturesUnordered};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = FuturesUnordered::new();
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        tasks.push(tokio::spawn(fetch(client.get(&url))));
    }
    while let Some(page) = tasks.next().await {
        println!("{}", page??);
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
