//! Fetches all pages with an async client.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let page = client.get(&url).send().await?.text().await?;
        println!("{page}");
    }
    Ok(())
}
