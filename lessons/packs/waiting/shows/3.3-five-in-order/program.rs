//! Sends five requests together, and prints their results in the order of the
//! list, although they end in another order.

use futures_util::future::join_all;
use reqwest::{Client, StatusCode};

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
    let mut tasks = Vec::new();
    for number in 0..DELAYS.len() {
        // A clone is the same client: all requests share its connections.
        tasks.push(tokio::spawn(request(client.clone(), number)));
    }
    let finished = tasks.iter().filter(|task| task.is_finished()).count();
    println!("Tasks: {} spawned, {finished} finished", tasks.len());

    // Ready when the last task is, with a list in the order of `tasks`.
    for result in join_all(tasks).await {
        let (number, status) = result??;
        println!("Task result {number}: {status}");
    }
    Ok(())
}
