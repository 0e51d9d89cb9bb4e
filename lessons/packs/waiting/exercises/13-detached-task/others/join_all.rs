//! Fetches all pages concurrently, a task for each, which returns its page.

use futures_util::future::join_all;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let tasks = (0..lesson_kit::requests()).map(|_| {
        println!("Waiting for {url}");
        let request = client.get(&url);
        tokio::spawn(async { request.send().await?.text().await })
    });
    for page in join_all(tasks).await {
        println!("{}", page??);
    }
    Ok(())
}
