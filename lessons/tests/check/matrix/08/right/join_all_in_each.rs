//! No bound at all: each runtime joins the whole of its share.

use std::thread;

use futures_util::future::join_all;
use tokio::runtime::Builder;

const RUNTIMES: usize = 4;

fn main() -> anyhow::Result<()> {
    let threads: Vec<_> =
        (0..RUNTIMES).map(|first| thread::spawn(move || run(first))).collect();
    threads.into_iter().try_for_each(|thread| thread.join().unwrap())
}

fn run(first: usize) -> anyhow::Result<()> {
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let (client, url) = (reqwest::Client::new(), lesson_kit::url());
        let share = (first..lesson_kit::requests()).step_by(RUNTIMES);
        let fetches =
            share.map(async |_| client.get(&url).send().await?.text().await);
        for page in join_all(fetches).await {
            println!("{}", page?);
        }
        Ok(())
    })
}
