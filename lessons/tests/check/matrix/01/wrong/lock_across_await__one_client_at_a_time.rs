//! The client is shared by the tasks, so it is behind a lock.

use std::sync::Arc;
use std::time::Duration;

use tokio::{sync::Mutex, task::JoinSet};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    // Stands in for the spinner that a patient program shows.
    tokio::spawn(async {
        loop {
            println!("tick");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });

    let client = Arc::new(Mutex::new(reqwest::Client::new()));
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(fetch(client.clone()));
    }
    while let Some(fetched) = tasks.join_next().await {
        fetched??;
    }
    Ok(())
}

async fn fetch(client: Arc<Mutex<reqwest::Client>>) -> anyhow::Result<()> {
    let url = lesson_kit::url();
    println!("Waiting for {url}");
    let page = client.lock().await.get(&url).send().await?.text().await?;
    println!("{page}");
    Ok(())
}
