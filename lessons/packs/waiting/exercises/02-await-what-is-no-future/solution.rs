//! Fetches the pages one after another, and awaits each.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let url = lesson_kit::url();
    let client = reqwest::Client::new();
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let response = client.get(&url).send().await?;
        println!("{}", response.text().await?);
    }
    Ok(())
}
