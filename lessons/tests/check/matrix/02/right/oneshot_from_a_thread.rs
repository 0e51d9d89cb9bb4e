//! What a oneshot channel receives can be awaited.

use tokio::{sync::oneshot, task::JoinSet};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(fetch(lesson_kit::url()));
    }
    for fetched in tasks.join_all().await {
        fetched?;
    }
    Ok(())
}

async fn fetch(url: String) -> anyhow::Result<()> {
    println!("Waiting for {url}");
    let (tx, rx) = oneshot::channel();
    std::thread::spawn(move || tx.send(ureq::get(&url).call()));
    let mut response = rx.await??;
    println!("{}", response.body_mut().read_to_string()?);
    Ok(())
}
