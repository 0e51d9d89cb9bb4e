//! Fetches all pages concurrently, and shows each as it arrives, with its
//! number.

use std::time::Duration;

use tokio::{task::JoinSet, time::timeout};

/// The timeout of a request.
const PATIENCE: Duration = Duration::from_secs(1);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = JoinSet::new();
    for number in 0..lesson_kit::requests() {
        println!("Waiting for {url}  (request {number})");
        let page = timeout(PATIENCE, fetch(client.get(&url)));
        tasks.spawn(async move { (number, page.await) });
    }
    while let Some(done) = tasks.join_next().await {
        let (number, page) = done?;
        match page {
            Ok(Ok(page)) => println!("{page}  (request {number})"),
            Ok(Err(error)) => println!("{error}  (request {number})"),
            Err(_) => {
                println!(
                    "no response within {PATIENCE:?}  (request {number})"
                )
            }
        }
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
