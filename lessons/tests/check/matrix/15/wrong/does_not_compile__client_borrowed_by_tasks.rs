//! Makes one client and gives each task a reference to it.

use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(fetch(&client, &url));
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}

async fn fetch(client: &reqwest::Client, url: &str) -> reqwest::Result<String> {
    println!("Waiting for {url}");
    client.get(url).send().await?.text().await
}
