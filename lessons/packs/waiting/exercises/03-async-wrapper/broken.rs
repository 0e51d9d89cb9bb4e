//! Fetches all pages concurrently, a task for each, while a spinner turns.

use std::time::Duration;

use tokio::task::JoinSet;

#[tokio::main(worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    // Stands for a spinner on the terminal.
    tokio::spawn(async {
        loop {
            println!("tick");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });

    let url = lesson_kit::url();
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(fetch(url.clone()));
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}

async fn fetch(url: String) -> anyhow::Result<String> {
    println!("Waiting for {url}");
    get(&url).await
}

/// The same call as an async fn.
async fn get(url: &str) -> anyhow::Result<String> {
    Ok(ureq::get(url).call()?.body_mut().read_to_string()?)
}
