//! The slowest one holds everything up, so nobody waits for it.

use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        tasks.spawn(fetch(client.get(&url)));
    }
    while tasks.len() > 1 {
        if let Some(page) = tasks.join_next().await {
            println!("{}", page??);
        }
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
