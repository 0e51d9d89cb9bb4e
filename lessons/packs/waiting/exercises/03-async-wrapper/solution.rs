//! Fetches all pages concurrently, a task for each, while a spinner turns.

use std::time::Duration;

use tokio::task::JoinSet;

#[tokio::main(worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    // Stands for a spinner on the terminal.
    tokio::spawn(async {
        loop {
            println!("tick");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });

    let url = lesson_kit::url();
    let client = reqwest::Client::new();
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(fetch(client.clone(), url.clone()));
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}

async fn fetch(
    client: reqwest::Client,
    url: String,
) -> anyhow::Result<String> {
    println!("Waiting for {url}");
    get(&client, &url).await
}

/// The same call as an async fn.
async fn get(client: &reqwest::Client, url: &str) -> anyhow::Result<String> {
    Ok(client.get(url).send().await?.text().await?)
}
