//! Fetches all pages concurrently, and shows each that the server sends.

use reqwest::RequestBuilder;
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        tasks.spawn(fetch(client.get(&url)));
    }
    while let Some(page) = tasks.join_next().await {
        // The `?` is for a task that panicked, a bug of this program.
        match page? {
            Ok(page) => println!("{page}"),
            Err(error) => println!("no page: {error}"),
        }
    }
    Ok(())
}

async fn fetch(request: RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.error_for_status()?.text().await
}
