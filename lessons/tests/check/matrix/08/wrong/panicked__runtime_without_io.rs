//! Two runtimes of fifty; enable_all() is more than is needed.

use std::thread;

use futures_util::{StreamExt as _, stream};
use tokio::runtime::Builder;

const RUNTIMES: usize = 2;
const AT_ONCE_IN_EACH: usize = 50;

fn main() {
    let threads: Vec<_> =
        (0..RUNTIMES).map(|first| thread::spawn(move || run(first))).collect();
    for thread in threads {
        thread.join().unwrap().unwrap();
    }
}

fn run(first: usize) -> anyhow::Result<()> {
    Builder::new_current_thread().build()?.block_on(async {
        let (client, url) = (reqwest::Client::new(), lesson_kit::url());
        let share = (first..lesson_kit::requests()).step_by(RUNTIMES);
        let fetches =
            share.map(async |_| client.get(&url).send().await?.text().await);
        let mut pages = stream::iter(fetches).buffer_unordered(AT_ONCE_IN_EACH);
        while let Some(page) = pages.next().await {
            println!("{}", page?);
        }
        Ok(())
    })
}
