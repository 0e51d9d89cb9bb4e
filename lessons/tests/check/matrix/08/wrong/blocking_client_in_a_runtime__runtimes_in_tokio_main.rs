//! An async main starts the runtimes, as it is all async.

use futures_util::future::join_all;
use tokio::runtime::Builder;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    for first in 0..2 {
        tokio::spawn(async move { run(first) }).await??;
    }
    Ok(())
}

fn run(first: usize) -> anyhow::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let client = reqwest::Client::new();
    let share = (first..lesson_kit::requests()).step_by(2);
    let fetches = share
        .map(async |_| client.get(lesson_kit::url()).send().await?.text().await);
    for page in runtime.block_on(join_all(fetches)) {
        println!("{}", page?);
    }
    Ok(())
}
