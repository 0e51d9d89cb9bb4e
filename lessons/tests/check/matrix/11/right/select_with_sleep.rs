//! Each task races its page against a clock.

use std::time::Duration;

use tokio::{task::JoinSet, time::sleep};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = JoinSet::new();
    for number in 0..lesson_kit::requests() {
        println!("Waiting for {url}  (request {number})");
        let page = fetch(client.get(&url));
        tasks.spawn(async move {
            tokio::select! {
                page = page => match page {
                    Ok(page) => println!("{page}  (request {number})"),
                    Err(error) => println!("{error}  (request {number})"),
                },
                () = sleep(Duration::from_secs(1)) => {
                    println!("no answer  (request {number})");
                }
            }
        });
    }
    tasks.join_all().await;
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
