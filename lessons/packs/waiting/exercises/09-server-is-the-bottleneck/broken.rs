//! Both sides of the tutorial's experiment: a server that serves a limited
//! number of requests at a time, and a client that sends all of its requests
//! together.

use tokio::{runtime::Runtime, task::JoinSet};

/// For the tutorial's server, this is its number of threads.
const MAX_CONCURRENT: usize = 1;

fn main() -> anyhow::Result<()> {
    // This call blocks until the server has responded, so the runtime is
    // started after it.
    lesson_kit::serve_at_once(MAX_CONCURRENT)?;
    Runtime::new()?.block_on(fetch_all())
}

async fn fetch_all() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let request = client.get(&url);
        tasks.spawn(async { request.send().await?.text().await });
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}
