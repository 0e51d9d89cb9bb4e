//! The server takes three seconds, so five are enough.

use std::time::Duration;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let request = client.get(&url);
        tokio::spawn(async {
            let page = request.send().await?.text().await?;
            println!("{page}");
            reqwest::Result::Ok(())
        });
    }
    tokio::time::sleep(Duration::from_secs(5)).await;
    Ok(())
}
