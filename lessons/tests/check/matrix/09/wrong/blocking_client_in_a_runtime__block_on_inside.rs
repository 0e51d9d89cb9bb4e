//! Each page is fetched with its own block_on, in the runtime of main.

use tokio::runtime::{Handle, Runtime};

fn main() -> anyhow::Result<()> {
    lesson_kit::serve_at_once(10)?;
    Runtime::new()?.block_on(fetch_all())
}

async fn fetch_all() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let handle = Handle::current();
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let page = handle.block_on(fetch(client.get(&url)))?;
        println!("{page}");
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
