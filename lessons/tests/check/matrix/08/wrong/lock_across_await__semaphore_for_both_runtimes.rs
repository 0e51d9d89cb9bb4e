//! Fifty in each runtime, and a semaphore for both so that it is not too much.

use std::thread;

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::{runtime::Builder, sync::Semaphore};

static PERMITS: Semaphore = Semaphore::const_new(32);

fn main() {
    thread::scope(|scope| {
        for first in 0..2 {
            scope.spawn(move || run(first).unwrap());
        }
    });
}

fn run(first: usize) -> anyhow::Result<()> {
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let client = reqwest::Client::new();
        let share = (first..lesson_kit::requests()).step_by(2);
        let fetches = share.map(|_| fetch(&client));
        stream::iter(fetches).buffer_unordered(50).try_collect().await
    })
}

async fn fetch(client: &reqwest::Client) -> anyhow::Result<()> {
    let url = lesson_kit::url();
    println!("Waiting for {url}");
    let _permit = PERMITS.acquire().await?;
    println!("{}", client.get(&url).send().await?.text().await?);
    Ok(())
}
