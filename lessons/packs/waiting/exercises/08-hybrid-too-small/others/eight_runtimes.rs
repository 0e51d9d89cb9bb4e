//! Distributes a hundred requests over several runtimes, each on its own
//! thread.

use std::thread;

use futures_util::{StreamExt as _, stream};
use tokio::runtime::Builder;

const RUNTIMES: usize = 8;
const IN_FLIGHT_PER_RUNTIME: usize = 16;

fn main() -> anyhow::Result<()> {
    thread::scope(|scope| {
        let threads: Vec<_> = (0..RUNTIMES)
            .map(|first| scope.spawn(move || run(first)))
            .collect();
        for thread in threads {
            thread
                .join()
                .map_err(|_| anyhow::anyhow!("a runtime panicked"))??;
        }
        Ok(())
    })
}

fn run(first: usize) -> anyhow::Result<()> {
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let (client, url) = (reqwest::Client::new(), lesson_kit::url());
        // Round-robin: the shares differ by one request at most.
        let share = (first..lesson_kit::requests()).step_by(RUNTIMES);
        let fetches = share.map(|_| fetch(&client, &url));
        let mut pages =
            stream::iter(fetches).buffer_unordered(IN_FLIGHT_PER_RUNTIME);
        while let Some(page) = pages.next().await {
            println!("{}", page?);
        }
        Ok(())
    })
}

async fn fetch(
    client: &reqwest::Client,
    url: &str,
) -> reqwest::Result<String> {
    client.get(url).send().await?.text().await
}
