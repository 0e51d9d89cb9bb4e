//! The spinner is kept in a variable, so that it goes on while main runs.

use std::time::Duration;

use tokio::task::JoinSet;

#[tokio::main(worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let _spinner = async {
        loop {
            println!("tick");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let client = reqwest::Client::new();
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(fetch(client.clone(), lesson_kit::url()));
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}

async fn fetch(client: reqwest::Client, url: String) -> anyhow::Result<String> {
    println!("Waiting for {url}");
    Ok(client.get(&url).send().await?.text().await?)
}
