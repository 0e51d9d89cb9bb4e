//! Two workers with a client of their own.

use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut workers = JoinSet::new();
    for _ in 0..2 {
        workers.spawn(async {
            let (client, url) = (reqwest::Client::new(), lesson_kit::url());
            for _ in 0..lesson_kit::requests() / 2 {
                let page = fetch(client.clone(), url.clone()).await?;
                println!("{page}");
            }
            anyhow::Ok(())
        });
    }
    workers.join_all().await.into_iter().collect()
}

async fn fetch(client: reqwest::Client, url: String) -> reqwest::Result<String> {
    println!("Waiting for {url}");
    client.get(url).send().await?.text().await
}
