//! Who is turned away tries again until there is a place.

use std::time::Duration;

use reqwest::{RequestBuilder, StatusCode};
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(fetch(client.get(&url)));
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}

async fn fetch(request: RequestBuilder) -> anyhow::Result<String> {
    loop {
        let again = request.try_clone().expect("there is no body");
        let answer = again.send().await?;
        if answer.status() != StatusCode::SERVICE_UNAVAILABLE {
            return Ok(answer.text().await?);
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
