//! Fetches all pages concurrently, a task for each, into a list that they
//! share.

use std::sync::Arc;

use reqwest::RequestBuilder;
use tokio::{sync::Mutex, task::JoinSet};

type Pages = Arc<Mutex<Vec<String>>>;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, pages) = (reqwest::Client::new(), Pages::default());
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        let request = client.get(lesson_kit::url());
        tasks.spawn(fetch(request, Arc::clone(&pages)));
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    for page in pages.lock().await.iter() {
        println!("{page}");
    }
    Ok(())
}

async fn fetch(request: RequestBuilder, pages: Pages) -> reqwest::Result<()> {
    println!("Waiting for {}", lesson_kit::url());
    let page = request.send().await?.text().await?;
    // Locked when there is a page to add, and released immediately.
    pages.lock().await.push(page);
    Ok(())
}
