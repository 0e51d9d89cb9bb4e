//! Fetches all pages concurrently: while a task awaits its page, others run.

use tokio::task::{JoinSet, spawn_blocking};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let url = lesson_kit::url();
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(fetch(url.clone()));
    }
    while let Some(fetched) = tasks.join_next().await {
        fetched??;
    }
    Ok(())
}

async fn fetch(url: String) -> anyhow::Result<()> {
    println!("Waiting for {url}");
    // spawn_blocking returns a future, ready when the thread is done.
    let mut response =
        spawn_blocking(move || ureq::get(&url).call()).await??;
    println!("{}", response.body_mut().read_to_string()?);
    Ok(())
}
