//! fetch() is a future with reqwest, and the Vec holds all five at once.

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    let mut tasks = Vec::new();
    for _ in 0..lesson_kit::requests() {
        tasks.push(fetch(client.clone(), lesson_kit::url()));
    }
    tokio::task::yield_now().await;
    Ok(())
}

async fn fetch(client: reqwest::Client, url: String) -> anyhow::Result<()> {
    println!("Waiting for {url}");
    let response = client.get(&url).send().await?;
    println!("{}", response.text().await?);
    Ok(())
}
