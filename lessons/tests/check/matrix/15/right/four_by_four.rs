//! Four requests share the four connections, then the next four do.

use futures_util::future::try_join_all;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let numbers: Vec<_> = (0..lesson_kit::requests()).collect();
    for four in numbers.chunks(4) {
        let fetches = four.iter().map(|_| fetch(client.clone(), url.clone()));
        for page in try_join_all(fetches).await? {
            println!("{page}");
        }
    }
    Ok(())
}

async fn fetch(client: reqwest::Client, url: String) -> reqwest::Result<String> {
    println!("Waiting for {url}");
    client.get(url).send().await?.text().await
}
