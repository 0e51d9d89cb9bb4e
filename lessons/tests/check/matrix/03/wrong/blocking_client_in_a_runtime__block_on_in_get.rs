//! get() has to wait for reqwest's future, and block_on does that.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinSet;

#[tokio::main(worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    // Stands in for the spinner that a patient program shows.
    tokio::spawn(async {
        loop {
            println!("tick");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });

    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(fetch(lesson_kit::url()));
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}

async fn fetch(url: String) -> anyhow::Result<String> {
    println!("Waiting for {url}");
    get(&url)
}

fn get(url: &str) -> anyhow::Result<String> {
    let handle = Handle::current();
    let response = handle.block_on(reqwest::get(url))?;
    Ok(handle.block_on(response.text())?)
}
