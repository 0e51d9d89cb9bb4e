//! Collects all pages first, in a BTreeSet so that they come out sorted.

use std::collections::BTreeSet;

use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        tasks.spawn(fetch(client.get(&url)));
    }
    let pages: BTreeSet<String> =
        tasks.join_all().await.into_iter().collect::<Result<_, _>>()?;
    for page in pages {
        println!("{page}");
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
