//! Fetches all pages concurrently, a task for each, which returns its page.

use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    // It keeps all handles, and returns each result when its task ends.
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let request = client.get(&url);
        tasks.spawn(async { request.send().await?.text().await });
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}
