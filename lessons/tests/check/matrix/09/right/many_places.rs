//! A thousand places do no harm, since only ten requests come.

use futures_util::future::try_join_all;
use tokio::runtime::Builder;

fn main() -> anyhow::Result<()> {
    lesson_kit::serve_at_once(1000)?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(fetch_all())
}

async fn fetch_all() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(async |_| {
        println!("Waiting for {url}");
        client.get(&url).send().await?.text().await
    });
    for page in try_join_all(fetches).await? {
        println!("{page}");
    }
    Ok(())
}
