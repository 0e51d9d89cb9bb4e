//! A request without an answer is sent a second time.

use std::time::Duration;

use reqwest::RequestBuilder;
use tokio::{task::JoinSet, time::timeout};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = JoinSet::new();
    for number in 0..lesson_kit::requests() {
        println!("Waiting for {url}  (request {number})");
        let (first, second) = (client.get(&url), client.get(&url));
        tasks.spawn(async move {
            match timeout(Duration::from_secs(1), fetch(first)).await {
                Ok(page) => (number, page),
                Err(_) => (number, fetch(second).await),
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        let (number, page) = done?;
        println!("{}  (request {number})", page?);
    }
    Ok(())
}

async fn fetch(request: RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
