//! AT_ONCE_IN_EACH is fifty, and the server is told the same number.

use std::thread;

use futures_util::{StreamExt as _, stream};
use tokio::runtime::Builder;

const RUNTIMES: usize = 2;
const AT_ONCE_IN_EACH: usize = 50;

fn main() -> anyhow::Result<()> {
    lesson_kit::serve_at_once(AT_ONCE_IN_EACH)?;
    thread::scope(|scope| {
        let threads: Vec<_> =
            (0..RUNTIMES).map(|first| scope.spawn(move || run(first))).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })
}

fn run(first: usize) -> anyhow::Result<()> {
    Builder::new_current_thread().enable_all().build()?.block_on(async {
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
