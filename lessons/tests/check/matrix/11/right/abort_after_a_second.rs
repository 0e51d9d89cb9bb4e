//! A second task aborts each fetch that is not done after one second.

use std::time::Duration;

use tokio::time::sleep;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = Vec::new();
    for number in 0..lesson_kit::requests() {
        println!("Waiting for {url}  (request {number})");
        let task = tokio::spawn(fetch(client.get(&url)));
        let abort = task.abort_handle();
        tokio::spawn(async move {
            sleep(Duration::from_secs(1)).await;
            abort.abort();
        });
        tasks.push(task);
    }
    for (number, task) in tasks.into_iter().enumerate() {
        match task.await {
            Ok(page) => println!("{}  (request {number})", page?),
            Err(_) => println!("given up  (request {number})"),
        }
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
