//! A Semaphore instead of the Mutex lets more than one through.

use std::sync::Arc;

use tokio::{sync::Semaphore, task::JoinSet};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    let places = Arc::new(Semaphore::new(3));
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
    for page in tasks.join_all().await {
        println!("{}", page?);
    }
    Ok(())
}
