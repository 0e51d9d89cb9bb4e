//! Each task has a slot with a lock of its own, which it may hold for long.

use std::sync::Arc;

use tokio::{sync::Mutex, task::JoinSet};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut slots = Vec::new();
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        let slot = Arc::new(Mutex::new(String::new()));
        slots.push(Arc::clone(&slot));
        let request = client.get(&url);
        tasks.spawn(async move {
            println!("Waiting for {}", lesson_kit::url());
            let mut slot = slot.lock().await;
            *slot = request.send().await?.text().await?;
            reqwest::Result::Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    for slot in slots {
        println!("{}", slot.lock().await);
    }
    Ok(())
}
