//! Fetches many pages with eight workers, and says how many the server
//! refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::{Client, StatusCode};
use tokio::task::JoinSet;

const WORKERS: usize = 8;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = Client::new();
    // All workers take from one count, so none is idle while something is
    // left.
    let next = Arc::new(AtomicUsize::new(0));
    let mut workers = JoinSet::new();
    for _ in 0..WORKERS {
        workers.spawn(work(client.clone(), Arc::clone(&next)));
    }
    let mut turned_away = 0;
    while let Some(worker) = workers.join_next().await {
        turned_away += worker??;
    }
    println!("turned away: {turned_away}");
    Ok(())
}

/// How many of its requests were turned away.
async fn work(
    client: Client,
    next: Arc<AtomicUsize>,
) -> anyhow::Result<usize> {
    let mut turned_away = 0;
    while next.fetch_add(1, Ordering::Relaxed) < lesson_kit::requests() {
        let answer = client.get(lesson_kit::url()).send().await?;
        if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
            turned_away += 1;
        } else {
            println!("{}", answer.text().await?);
        }
    }
    Ok(turned_away)
}
