//! Fetches many pages, at most four at a time, which spares the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::Client;
use tokio::task::JoinSet;

const WORKERS: usize = 4;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = Client::new();
    let next = Arc::new(AtomicUsize::new(0));
    let mut workers = JoinSet::new();
    for _ in 0..WORKERS {
        // A clone of a client shares its connections.
        workers.spawn(work(client.clone(), Arc::clone(&next)));
    }
    while let Some(worker) = workers.join_next().await {
        worker??;
    }
    Ok(())
}

async fn work(client: Client, next: Arc<AtomicUsize>) -> reqwest::Result<()> {
    let url = lesson_kit::url();
    while next.fetch_add(1, Ordering::Relaxed) < lesson_kit::requests() {
        println!("Waiting for {url}");
        println!("{}", client.get(&url).send().await?.text().await?);
    }
    Ok(())
}
