//! Who does not wait cannot wait for ever: each task has its own timeout.

use std::time::Duration;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    for number in 0..lesson_kit::requests() {
        println!("Waiting for {url}  (request {number})");
        let request = client.get(&url).timeout(Duration::from_secs(1));
        tokio::spawn(async move {
            match fetch(request).await {
                Ok(page) => println!("{page}  (request {number})"),
                Err(error) => println!("{error}  (request {number})"),
            }
        });
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
