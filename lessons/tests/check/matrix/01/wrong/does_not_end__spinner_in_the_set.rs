//! The spinner is a task like the others, so it goes into the same JoinSet.

use std::time::Duration;

use tokio::task::JoinSet;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(async {
        loop {
            println!("tick");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let client = reqwest::Client::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(fetch(client.clone(), lesson_kit::url()));
    }
    while let Some(fetched) = tasks.join_next().await {
        fetched??;
    }
    Ok(())
}

async fn fetch(client: reqwest::Client, url: String) -> anyhow::Result<()> {
    println!("Waiting for {url}");
    println!("{}", client.get(&url).send().await?.text().await?);
    Ok(())
}
