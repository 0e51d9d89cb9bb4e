//! There are two threads, so a semaphore keeps it to two requests.

use std::time::Duration;

use tokio::{sync::Semaphore, task::JoinSet};

static PERMITS: Semaphore = Semaphore::const_new(2);

#[tokio::main(worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    // Stands in for the spinner that a patient program shows.
    tokio::spawn(async {
        loop {
            println!("tick");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });

    let client = reqwest::Client::new();
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(fetch(client.clone(), lesson_kit::url()));
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}

async fn fetch(client: reqwest::Client, url: String) -> anyhow::Result<String> {
    println!("Waiting for {url}");
    let _permit = PERMITS.acquire().await?;
    Ok(client.get(&url).send().await?.text().await?)
}
