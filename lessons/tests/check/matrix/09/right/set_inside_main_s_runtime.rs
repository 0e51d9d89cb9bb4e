//! The setting is made on a blocking thread, and then come the tasks.

use tokio::task::{JoinSet, spawn_blocking};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let places = lesson_kit::requests();
    spawn_blocking(move || lesson_kit::serve_at_once(places)).await??;
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = JoinSet::new();
    for _ in 0..places {
        println!("Waiting for {url}");
        tasks.spawn(fetch(client.get(&url)));
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
