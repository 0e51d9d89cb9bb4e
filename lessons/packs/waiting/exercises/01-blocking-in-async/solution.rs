//! Fetches all pages concurrently, a task for each, while a spinner turns.

use std::time::Duration;

use tokio::task::JoinSet;

#[tokio::main(flavor = "current_thread")]
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
    while let Some(fetched) = tasks.join_next().await {
        fetched??;
    }
    Ok(())
}

async fn fetch(client: reqwest::Client, url: String) -> anyhow::Result<()> {
    println!("Waiting for {url}");
    let page = client.get(&url).send().await?.text().await?;
    println!("{page}");
    Ok(())
}
