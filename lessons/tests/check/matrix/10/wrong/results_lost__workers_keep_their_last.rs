//! Eight workers share the work, and each returns its page.

use futures_util::future::try_join_all;
use reqwest::Client;

const WORKERS: usize = 8;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = Client::new();
    let workers = (0..WORKERS).map(|_| work(client.clone()));
    for page in try_join_all(workers).await? {
        println!("{page}");
    }
    Ok(())
}

async fn work(client: Client) -> reqwest::Result<String> {
    let mut page = String::new();
    for _ in 0..lesson_kit::requests() / WORKERS {
        page = client.get(lesson_kit::url()).send().await?.text().await?;
    }
    Ok(page)
}
