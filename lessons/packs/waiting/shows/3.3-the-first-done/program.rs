//! Sends five requests together, and prints each result as soon as it is
//! ready, in the order in which they end.

use reqwest::{Client, StatusCode};
use tokio::task::JoinSet;

/// The server's delay for each request, in milliseconds.
const DELAYS: [u64; 5] = [600, 200, 1000, 400, 800];

async fn request(
    client: Client,
    number: usize,
) -> reqwest::Result<(usize, StatusCode)> {
    let url = format!("{}/?delay={}ms", lesson_kit::url(), DELAYS[number]);
    let status = client.get(url).send().await?.status();
    println!("Request {number} has ended");
    Ok((number, status))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let client = Client::new();
    let mut tasks = JoinSet::new();
    for number in 0..DELAYS.len() {
        // A clone is the same client: all requests share its connections.
        tasks.spawn(request(client.clone(), number));
    }
    println!("Tasks: {} spawned", tasks.len());

    // Ready when any task is; `None` when no task is left.
    while let Some(result) = tasks.join_next().await {
        let (number, status) = result??;
        println!("Task result {number}: {status}");
    }
    Ok(())
}
