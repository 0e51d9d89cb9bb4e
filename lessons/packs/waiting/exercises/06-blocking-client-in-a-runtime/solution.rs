//! Fetches all pages concurrently, with a blocking client.

use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    let url = lesson_kit::url();
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        let request = client.get(&url);
        tasks.spawn(async { request.send().await?.text().await });
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}
