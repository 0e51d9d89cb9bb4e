//! One client has one connection, so each request gets its own client.

use tokio::{runtime::Runtime, task::JoinSet};

const SERVED_AT_ONCE: usize = 1;

fn main() -> anyhow::Result<()> {
    lesson_kit::serve_at_once(SERVED_AT_ONCE)?;
    Runtime::new()?.block_on(fetch_all())
}

async fn fetch_all() -> anyhow::Result<()> {
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(async {
            println!("Waiting for {}", lesson_kit::url());
            reqwest::get(lesson_kit::url()).await?.text().await
        });
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}
