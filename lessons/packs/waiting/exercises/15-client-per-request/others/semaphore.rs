//! Fetches many pages, at most four at a time, which spares the server.

use std::sync::Arc;

use reqwest::{Client, RequestBuilder};
use tokio::{sync::Semaphore, task::JoinSet};

const MAX_IN_FLIGHT: usize = 4;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = Client::new();
    let places = Arc::new(Semaphore::new(MAX_IN_FLIGHT));
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        let request = client.get(lesson_kit::url());
        tasks.spawn(fetch(request, Arc::clone(&places)));
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}

async fn fetch(
    request: RequestBuilder,
    places: Arc<Semaphore>,
) -> anyhow::Result<String> {
    let _place = places.acquire().await?;
    println!("Waiting for {}", lesson_kit::url());
    Ok(request.send().await?.text().await?)
}
