//! join_all stays, and each future shows its page when it has it.

use futures_util::{FutureExt as _, future::join_all};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(|_| {
        println!("Waiting for {url}");
        fetch(client.get(&url)).inspect(|page| match page {
            Ok(page) => println!("{page}"),
            Err(error) => println!("{error}"),
        })
    });
    join_all(fetches).await;
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
