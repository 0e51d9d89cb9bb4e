//! A timeout around each fetch, which tells the number at once.

use std::time::Duration;

use tokio::time::timeout;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    for number in 0..lesson_kit::requests() {
        println!("Waiting for {url}  (request {number})");
        let page = fetch(client.get(&url));
        match timeout(Duration::from_secs(1), page).await {
            Ok(page) => println!("{}  (request {number})", page?),
            Err(_) => println!("no answer  (request {number})"),
        }
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
