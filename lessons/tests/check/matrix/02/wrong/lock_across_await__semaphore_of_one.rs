//! There is one thread only, so one task at a time may send.

use std::sync::Arc;
use tokio::{sync::Semaphore, task::JoinSet};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let turn = Arc::new(Semaphore::new(1));
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(fetch(turn.clone()));
    }
    while let Some(fetched) = tasks.join_next().await {
        fetched??;
    }
    Ok(())
}

async fn fetch(turn: Arc<Semaphore>) -> anyhow::Result<()> {
    let url = lesson_kit::url();
    println!("Waiting for {url}");
    let permit = turn.acquire().await?;
    let page = reqwest::get(&url).await?.text().await?;
    drop(permit);
    println!("{page}");
    Ok(())
}
