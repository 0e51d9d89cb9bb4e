//! When all tasks are spawned the semaphore is closed, like a file.

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
            let _place = places.acquire().await?;
            anyhow::Ok(request.send().await?.text().await?)
        });
    }
    places.close();
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}
