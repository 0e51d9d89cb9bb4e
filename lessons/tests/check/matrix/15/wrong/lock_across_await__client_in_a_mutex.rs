//! The tasks share one client, so it is behind a Mutex.

use std::sync::Arc;

use tokio::{sync::Mutex, task::JoinSet};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = Arc::new(Mutex::new(reqwest::Client::new()));
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        let client = Arc::clone(&client);
        tasks.spawn(async move {
            let url = lesson_kit::url();
            println!("Waiting for {url}");
            let client = client.lock().await;
            client.get(url).send().await?.text().await
        });
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}
