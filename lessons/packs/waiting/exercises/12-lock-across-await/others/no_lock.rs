//! Fetches all pages concurrently, a task for each, and keeps the pages that
//! the tasks return.

use reqwest::RequestBuilder;
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(fetch(client.get(lesson_kit::url())));
    }
    // Only this task has the list, so it needs no lock.
    let mut pages = Vec::new();
    while let Some(page) = tasks.join_next().await {
        pages.push(page??);
    }
    for page in pages {
        println!("{page}");
    }
    Ok(())
}

async fn fetch(request: RequestBuilder) -> reqwest::Result<String> {
    println!("Waiting for {}", lesson_kit::url());
    request.send().await?.text().await
}
