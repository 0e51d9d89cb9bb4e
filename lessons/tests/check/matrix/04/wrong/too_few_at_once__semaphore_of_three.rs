//! A polite client has a semaphore so that the server is not overrun.

use std::sync::Arc;
use tokio::sync::Semaphore;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let permits = Arc::new(Semaphore::new(3));
    let mut tasks = vec![];
    for _ in 0..lesson_kit::requests() {
        let permit = permits.clone().acquire_owned().await?;
        println!("Waiting for {url}");
        let request = client.get(&url);
        tasks.push(tokio::spawn(async move {
            let page = request.send().await?.text().await;
            drop(permit);
            page
        }));
    }
    for task in tasks {
        println!("{}", task.await??);
    }
    Ok(())
}
