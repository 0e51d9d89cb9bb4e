//! After one second without an answer the program says so.

use std::time::Duration;

use tokio::{task::JoinSet, time::timeout};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = JoinSet::new();
    for number in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let request = client.get(&url);
        tasks.spawn(async move { (number, fetch(request).await) });
    }
    loop {
        match timeout(Duration::from_secs(1), tasks.join_next()).await {
            Ok(Some(done)) => {
                let (number, page) = done?;
                println!("{}  (request {number})", page?);
            }
            Ok(None) => return Ok(()),
            Err(_) => println!("no answer after one second"),
        }
    }
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
