//! Async tasks are cheaper than threads, so all hundred go at once.

use tokio::task::JoinSet;

#[tokio::main(worker_threads = 8)]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
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
