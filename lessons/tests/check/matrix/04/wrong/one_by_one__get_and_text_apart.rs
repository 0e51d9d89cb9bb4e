//! The send must be started first and the text read later, in two loops.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    let url = lesson_kit::url();
    let mut responses = Vec::new();
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        responses.push(client.get(&url).send().await?);
    }
    for response in responses {
        println!("{}", response.text().await?);
    }
    Ok(())
}
