//! Each place can take one request that is sent and one that comes back.

use tokio::{runtime::Runtime, task::JoinSet};

fn main() -> anyhow::Result<()> {
    lesson_kit::serve_at_once(lesson_kit::requests() / 2)?;
    Runtime::new()?.block_on(fetch_all())
}

async fn fetch_all() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
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
