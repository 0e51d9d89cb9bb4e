//! Fetches from the address in the tutorial, all at once.

use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let url = "http://127.0.0.1:8080/";
    let client = reqwest::Client::new();
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let request = client.get(url);
        tasks.spawn(async { request.send().await?.text().await });
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}
