//! The client is shared in a std Mutex, which is faster than tokio's.

use std::sync::{Arc, Mutex};
use std::time::Duration;

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

    let client = Arc::new(Mutex::new(reqwest::Client::new()));
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(get(client.clone(), lesson_kit::url()));
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}

async fn get(
    client: Arc<Mutex<reqwest::Client>>,
    url: String,
) -> anyhow::Result<String> {
    println!("Waiting for {url}");
    let client = client.lock().unwrap();
    Ok(client.get(&url).send().await?.text().await?)
}
