//! Tells the runtime that this thread will block, so that it takes another.

use std::time::Duration;

use tokio::task::{JoinSet, block_in_place};

#[tokio::main(worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    // Stands in for the spinner that a patient program shows.
    tokio::spawn(async {
        loop {
            println!("tick");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });

    let url = lesson_kit::url();
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(fetch(url.clone()));
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}

async fn fetch(url: String) -> anyhow::Result<String> {
    println!("Waiting for {url}");
    block_in_place(|| Ok(ureq::get(&url).call()?.body_mut().read_to_string()?))
}
