//! A new request may begin when an answer has come, and not before.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    for _ in 0..lesson_kit::requests() {
        let answer = client.get(&url).send().await?.error_for_status()?;
        println!("{}", answer.text().await?);
    }
    Ok(())
}
