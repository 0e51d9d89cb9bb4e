//! Fetches all pages concurrently, and shows each as it arrives, with its
//! number.

use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = JoinSet::new();
    for number in 0..lesson_kit::requests() {
        println!("Waiting for {url}  (request {number})");
        let request = client.get(&url);
        tasks.spawn(async move { (number, fetch(request).await) });
    }
    while let Some(done) = tasks.join_next().await {
        let (number, page) = done?;
        println!("{}  (request {number})", page?);
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
