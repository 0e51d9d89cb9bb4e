//! The threads are awaited together by an async main.

use std::thread;

use futures_util::future::try_join_all;
use tokio::runtime::Builder;

const RUNTIMES: usize = 2;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let threads: Vec<_> =
        (0..RUNTIMES).map(|first| thread::spawn(move || run(first))).collect();
    for thread in threads {
        thread.await??;
    }
    Ok(())
}

fn run(first: usize) -> anyhow::Result<()> {
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let (client, url) = (reqwest::Client::new(), lesson_kit::url());
        let share = (first..lesson_kit::requests()).step_by(RUNTIMES);
        let fetches =
            share.map(async |_| client.get(&url).send().await?.text().await);
        for page in try_join_all(fetches).await? {
            println!("{page}");
        }
        Ok(())
    })
}
