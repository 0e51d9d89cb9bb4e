//! Keeps all handles: the first one is number 1.

use futures_util::future::try_join_all;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let tasks = (1..lesson_kit::requests()).map(|_| {
        println!("Waiting for {url}");
        tokio::spawn(fetch(client.get(&url)))
    });
    for page in try_join_all(tasks).await? {
        println!("{}", page?);
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
