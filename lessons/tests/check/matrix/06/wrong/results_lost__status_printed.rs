//! The async client's send() is the whole request; print what it gives.

use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    let url = lesson_kit::url();
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(client.get(&url).send());
    }
    while let Some(response) = tasks.join_next().await {
        println!("{}", response??.status());
    }
    Ok(())
}
