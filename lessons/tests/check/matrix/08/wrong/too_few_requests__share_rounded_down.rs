//! Eight runtimes, and each gets a hundred by eight.

use std::thread;

use futures_util::future::try_join_all;
use tokio::runtime::Builder;

const RUNTIMES: usize = 8;

fn main() {
    let threads: Vec<_> = (0..RUNTIMES).map(|_| thread::spawn(run)).collect();
    for thread in threads {
        thread.join().unwrap().unwrap();
    }
}

fn run() -> anyhow::Result<()> {
    let share = lesson_kit::requests() / RUNTIMES;
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let client = reqwest::Client::new();
        let fetches = (0..share)
            .map(async |_| client.get(lesson_kit::url()).send().await?.text().await);
        for page in try_join_all(fetches).await? {
            println!("{page}");
        }
        Ok(())
    })
}
