//! Each task prints its own page, main only gives them a moment for it.

use std::time::Duration;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let request = client.get(&url);
        tokio::spawn(async move {
            match request.send().await {
                Ok(answer) => println!("{}", answer.text().await.unwrap()),
                Err(error) => eprintln!("{error}"),
            }
        });
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    Ok(())
}
