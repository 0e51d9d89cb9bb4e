//! Each task gets a copy of the list, so that nobody has to wait.

use std::sync::Arc;

use tokio::{sync::Mutex, task::JoinSet};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let pages = Arc::new(Mutex::new(Vec::<String>::new()));
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        let request = client.get(&url);
        let mut pages = pages.lock().await.clone();
        tasks.spawn(async move {
            println!("Waiting for {}", lesson_kit::url());
            pages.push(request.send().await?.text().await?);
            reqwest::Result::Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    for page in pages.lock().await.iter() {
        println!("{page}");
    }
    Ok(())
}
