//! The page is fetched without any .await, and then the lock is taken.

use std::sync::Arc;

use tokio::{sync::Mutex, task::JoinSet};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let pages = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        let pages = Arc::clone(&pages);
        tasks.spawn(async move {
            println!("Waiting for {}", lesson_kit::url());
            let page = reqwest::blocking::get(lesson_kit::url())?.text()?;
            pages.lock().await.push(page);
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
