//! Wraps the fetch in a timeout and looks at the result.

use std::time::Duration;

use tokio::{task::JoinSet, time::timeout};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = JoinSet::new();
    for number in 0..lesson_kit::requests() {
        println!("Waiting for {url}  (request {number})");
        let request = client.get(&url);
        tasks.spawn(async move {
            match timeout(Duration::from_secs(1), fetch(request)) {
                Ok(page) => println!("{}  (request {number})", page.unwrap()),
                Err(_) => println!("no answer  (request {number})"),
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done?;
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
