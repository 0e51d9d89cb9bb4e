//! Fetches the pages as fast as it can: it is async, after all.

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
