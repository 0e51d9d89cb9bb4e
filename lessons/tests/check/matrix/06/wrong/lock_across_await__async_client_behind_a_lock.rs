//! The async client, shared by all tasks under one lock.

use std::sync::Arc;

use tokio::{sync::Mutex, task::JoinSet};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = Arc::new(Mutex::new(reqwest::Client::new()));
    let url = lesson_kit::url();
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        let (client, url) = (client.clone(), url.clone());
        tasks.spawn(async move {
            println!("Waiting for {url}");
            let client = client.lock().await;
            client.get(&url).send().await?.text().await
        });
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}
