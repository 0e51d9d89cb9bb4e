//! Four connections are enough for four requests.

use futures_util::future::try_join_all;

const AT_ONCE: usize = 4;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..AT_ONCE).map(|_| fetch(client.clone(), url.clone()));
    for page in try_join_all(fetches).await? {
        println!("{page}");
    }
    Ok(())
}

async fn fetch(client: reqwest::Client, url: String) -> reqwest::Result<String> {
    println!("Waiting for {url}");
    client.get(url).send().await?.text().await
}
