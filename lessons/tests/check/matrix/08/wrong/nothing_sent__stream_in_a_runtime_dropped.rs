//! The stream starts its fifty requests when the runtime runs it.

use std::thread;

use futures_util::{StreamExt as _, stream};
use tokio::runtime::Builder;

const RUNTIMES: usize = 2;
const AT_ONCE_IN_EACH: usize = 50;

fn main() {
    thread::scope(|scope| {
        for first in 0..RUNTIMES {
            scope.spawn(move || run(first).unwrap());
        }
    });
}

fn run(first: usize) -> anyhow::Result<()> {
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let (client, url) = (reqwest::Client::new(), lesson_kit::url());
        let share = (first..lesson_kit::requests()).step_by(RUNTIMES);
        let fetches = share.map(async |_| {
            println!("{}", client.get(&url).send().await?.text().await?);
            reqwest::Result::Ok(())
        });
        let _pages = stream::iter(fetches).buffer_unordered(AT_ONCE_IN_EACH);
        Ok(())
    })
}
