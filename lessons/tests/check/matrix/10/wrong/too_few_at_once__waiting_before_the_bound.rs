//! Two permits for each worker thread, and the rest waits its turn.

use std::sync::Arc;

use tokio::{sync::Semaphore, task::JoinSet};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    let places = Arc::new(Semaphore::new(2));
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        let request = client.get(lesson_kit::url());
        let places = Arc::clone(&places);
        tasks.spawn(async move {
            println!("Waiting for {}", lesson_kit::url());
            let _place = places.acquire().await?;
            anyhow::Ok(request.send().await?.text().await?)
        });
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}
