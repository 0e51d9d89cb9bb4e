//! Two lists of five are complete sooner than one list of ten.

use futures_util::future::join_all;
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let half = lesson_kit::requests() / 2;
    let mut halves = JoinSet::new();
    for size in [half, lesson_kit::requests() - half] {
        let requests = (0..size).map(|_| client.get(&url));
        let fetches: Vec<_> = requests.map(fetch).collect();
        halves.spawn(join_all(fetches));
    }
    while let Some(pages) = halves.join_next().await {
        for page in pages? {
            println!("{}", page?);
        }
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    println!("Waiting for {}", lesson_kit::url());
    request.send().await?.text().await
}
