//! Five places and five requests at once, so that nobody waits in a line.

use futures_util::{StreamExt as _, stream};
use tokio::runtime::Runtime;

const AT_ONCE: usize = 5;

fn main() -> anyhow::Result<()> {
    lesson_kit::serve_at_once(AT_ONCE)?;
    Runtime::new()?.block_on(fetch_all())
}

async fn fetch_all() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(async |_| {
        println!("Waiting for {url}");
        client.get(&url).send().await?.text().await
    });
    let mut pages = stream::iter(fetches).buffer_unordered(AT_ONCE);
    while let Some(page) = pages.next().await {
        println!("{}", page?);
    }
    Ok(())
}
