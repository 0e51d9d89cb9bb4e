//! Four requests open the connections, and then all others use them.

use futures_util::{StreamExt as _, future::try_join_all, stream};

const AT_ONCE: usize = 4;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let opened =
        (0..AT_ONCE).map(async |_| client.get(&url).send().await?.bytes().await);
    try_join_all(opened).await?;
    let fetches =
        (0..lesson_kit::requests()).map(|_| fetch(client.clone(), url.clone()));
    let mut pages = stream::iter(fetches).buffer_unordered(AT_ONCE);
    while let Some(page) = pages.next().await {
        println!("{}", page?);
    }
    Ok(())
}

async fn fetch(client: reqwest::Client, url: String) -> reqwest::Result<String> {
    println!("Waiting for {url}");
    client.get(url).send().await?.text().await
}
