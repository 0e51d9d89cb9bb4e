//! A std::sync::Mutex is faster, since it is not made for async.

use std::sync::{Arc, Mutex};

use reqwest::RequestBuilder;
use tokio::task::JoinSet;

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
    pages.lock().unwrap().iter().for_each(|page| println!("{page}"));
    Ok(())
}

async fn fetch(request: RequestBuilder, pages: Pages) -> reqwest::Result<()> {
    println!("Waiting for {}", lesson_kit::url());
    let mut pages = pages.lock().unwrap();
    pages.push(request.send().await?.text().await?);
    Ok(())
}
