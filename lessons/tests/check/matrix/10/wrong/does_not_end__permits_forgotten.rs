//! The permit must not be dropped too soon, so it is forgotten.

use std::sync::Arc;

use tokio::{sync::Semaphore, task::JoinSet};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let places = Arc::new(Semaphore::new(8));
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        let (request, places) = (client.get(&url), Arc::clone(&places));
        tasks.spawn(async move {
            places.acquire().await?.forget();
            anyhow::Ok(request.send().await?.text().await?)
        });
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}
