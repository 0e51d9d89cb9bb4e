//! The client must be made in the task that uses it.

use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let url = lesson_kit::url();
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        let url = url.clone();
        tasks.spawn(async move {
            let client = reqwest::blocking::Client::new();
            client.get(&url).send()?.text()
        });
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}
