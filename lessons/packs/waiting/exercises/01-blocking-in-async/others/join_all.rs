//! Fetches all pages concurrently, while a spinner turns.

use std::time::Duration;

use futures_util::future::join_all;

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
    let fetches = (0..lesson_kit::requests())
        .map(|_| fetch(client.clone(), url.clone()));
    for page in join_all(fetches).await {
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
