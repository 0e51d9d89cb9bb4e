//! Each runtime joins its fifty and gives back what it has got.

use std::thread;

use futures_util::future::try_join_all;
use tokio::runtime::Builder;

const RUNTIMES: usize = 2;

fn main() -> anyhow::Result<()> {
    let threads: Vec<_> =
        (0..RUNTIMES).map(|first| thread::spawn(move || run(first))).collect();
    for thread in threads {
        println!("{}", thread.join().unwrap()?.unwrap_or_default());
    }
    Ok(())
}

fn run(first: usize) -> anyhow::Result<Option<String>> {
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let (client, url) = (reqwest::Client::new(), lesson_kit::url());
        let share = (first..lesson_kit::requests()).step_by(RUNTIMES);
        let fetches =
            share.map(async |_| client.get(&url).send().await?.text().await);
        Ok(try_join_all(fetches).await?.pop())
    })
}
