//! With the async client nothing blocks any more, so a plain loop will do.

use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    // Stands in for the spinner that a patient program shows.
    tokio::spawn(async {
        loop {
            println!("tick");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });

    let client = reqwest::Client::new();
    let url = lesson_kit::url();
    for _ in 0..lesson_kit::requests() {
        fetch(&client, &url).await?;
    }
    Ok(())
}

async fn fetch(client: &reqwest::Client, url: &str) -> anyhow::Result<()> {
    println!("Waiting for {url}");
    let page = client.get(url).send().await?.text().await?;
    println!("{page}");
    Ok(())
}
