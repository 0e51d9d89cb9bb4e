//! Seven runtimes of sixteen are a hundred and twelve.

use std::thread;

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::runtime::Builder;

fn main() {
    thread::scope(|scope| {
        for first in 0..7 {
            scope.spawn(move || run(first).unwrap());
        }
    });
}

fn run(first: usize) -> anyhow::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let client = reqwest::Client::new();
    runtime.block_on(async {
        let share = (first..lesson_kit::requests()).step_by(7);
        let fetches = share.map(|_| fetch(&client));
        stream::iter(fetches).buffer_unordered(16).try_collect().await
    })
}

async fn fetch(client: &reqwest::Client) -> anyhow::Result<()> {
    let response = client.get(lesson_kit::url()).send().await?;
    println!("{}", response.text().await?);
    Ok(())
}
