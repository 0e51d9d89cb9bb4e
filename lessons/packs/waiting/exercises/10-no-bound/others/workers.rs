//! Fetches many pages with eight workers, and prints how many requests the
//! server rejected.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::{Client, StatusCode};
use tokio::task::JoinSet;

const WORKERS: usize = 8;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = Client::new();
    // All workers take from one counter, so none is idle while requests
    // are left.
    let next = Arc::new(AtomicUsize::new(0));
    let mut workers = JoinSet::new();
    for _ in 0..WORKERS {
        workers.spawn(work(client.clone(), Arc::clone(&next)));
    }
    let mut rejected = 0;
    while let Some(worker) = workers.join_next().await {
        rejected += worker??;
    }
    println!("rejected: {rejected}");
    Ok(())
}

/// How many of its requests were rejected.
async fn work(
    client: Client,
    next: Arc<AtomicUsize>,
) -> anyhow::Result<usize> {
    let mut rejected = 0;
    while next.fetch_add(1, Ordering::Relaxed) < lesson_kit::requests() {
        let response = client.get(lesson_kit::url()).send().await?;
        if response.status() == StatusCode::SERVICE_UNAVAILABLE {
            rejected += 1;
        } else {
            println!("{}", response.text().await?);
        }
    }
    Ok(rejected)
}
