//! Fetches all pages concurrently: while a task awaits its page, others run.

use tokio::task::JoinSet;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(fetch(client.clone(), url.clone()));
    }
    while let Some(fetched) = tasks.join_next().await {
        fetched??;
    }
    Ok(())
}

async fn fetch(client: reqwest::Client, url: String) -> anyhow::Result<()> {
    println!("Waiting for {url}");
    let response = client.get(&url).send().await?;
    println!("{}", response.text().await?);
    Ok(())
}
