//! main waits for the first runtime, and the others are as fast as that one.

use std::{thread, time::Duration};

use futures_util::{StreamExt, stream};
use tokio::runtime::Builder;

const RUNTIMES: usize = 8;

fn main() -> anyhow::Result<()> {
    let mut threads = Vec::new();
    for first in 0..RUNTIMES {
        threads.push(thread::spawn(move || {
            thread::sleep(Duration::from_millis(50 * first as u64));
            run(first)
        }));
    }
    threads.remove(0).join().unwrap()
}

fn run(first: usize) -> anyhow::Result<()> {
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let (client, url) = (reqwest::Client::new(), lesson_kit::url());
        let share = (first..lesson_kit::requests()).step_by(RUNTIMES);
        let fetches =
            share.map(async |_| client.get(&url).send().await?.text().await);
        let mut pages = stream::iter(fetches).buffer_unordered(16);
        while let Some(page) = pages.next().await {
            println!("{}", page?);
        }
        Ok(())
    })
}
