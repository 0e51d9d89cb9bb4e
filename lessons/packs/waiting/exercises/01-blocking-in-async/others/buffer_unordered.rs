//! Fetches all pages concurrently, while a spinner turns.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    // Stands for a spinner on the terminal.
    tokio::spawn(async {
        loop {
            println!("tick");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });

    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let requests = lesson_kit::requests();
    let fetches = (0..requests).map(|_| fetch(client.clone(), url.clone()));
    let mut pages = stream::iter(fetches).buffer_unordered(requests);
    while let Some(page) = pages.next().await {
        println!("{}", page?);
    }
    Ok(())
}

async fn fetch(
    client: reqwest::Client,
    url: String,
) -> anyhow::Result<String> {
    println!("Waiting for {url}");
    let page = client.get(&url).send().await?.text().await?;
    Ok(page)
}
