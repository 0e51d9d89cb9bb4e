//! Fetches all pages concurrently, and shows each as it arrives, with its
//! number.

use std::time::Duration;

use tokio::task::JoinSet;

/// The timeout of a request.
const PATIENCE: Duration = Duration::from_secs(1);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // It applies to all requests of this client.
    let client = reqwest::Client::builder().timeout(PATIENCE).build()?;
    let url = lesson_kit::url();
    let mut tasks = JoinSet::new();
    for number in 0..lesson_kit::requests() {
        println!("Waiting for {url}  (request {number})");
        let request = client.get(&url);
        tasks.spawn(async move { (number, fetch(request).await) });
    }
    while let Some(done) = tasks.join_next().await {
        let (number, page) = done?;
        match page {
            Ok(page) => println!("{page}  (request {number})"),
            Err(error) if error.is_timeout() => {
                println!(
                    "no response within {PATIENCE:?}  (request {number})"
                );
            }
            Err(error) => println!("{error}  (request {number})"),
        }
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
