//! Fetches all pages concurrently, and shows each as it arrives, with its
//! number.

use std::{collections::BTreeSet, time::Duration};

use tokio::{task::JoinSet, time};

/// The timeout of all requests together.
const PATIENCE: Duration = Duration::from_secs(1);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut missing: BTreeSet<_> = (0..lesson_kit::requests()).collect();
    let mut tasks = JoinSet::new();
    for &number in &missing {
        println!("Waiting for {url}  (request {number})");
        let request = client.get(&url);
        tasks.spawn(async move { (number, fetch(request).await) });
    }
    let deadline = time::Instant::now() + PATIENCE;
    while let Ok(Some(done)) =
        time::timeout_at(deadline, tasks.join_next()).await
    {
        let (number, page) = done?;
        missing.remove(&number);
        match page {
            Ok(page) => println!("{page}  (request {number})"),
            Err(error) => println!("{error}  (request {number})"),
        }
    }
    println!("no response within {PATIENCE:?}: requests {missing:?}");
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
