//! The server gets ten places, and the client is made simpler.

use tokio::runtime::Runtime;

const SERVED_AT_ONCE: usize = 10;

fn main() -> anyhow::Result<()> {
    lesson_kit::serve_at_once(SERVED_AT_ONCE)?;
    Runtime::new()?.block_on(fetch_all())
}

async fn fetch_all() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let page = client.get(&url).send().await?.text().await?;
        println!("{page}");
    }
    Ok(())
}
