//! One timeout goes around everything, as with asyncio.wait_for and gather.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::timeout;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(async |number| {
        println!("Waiting for {url}  (request {number})");
        client.get(&url).send().await?.text().await
    });
    match timeout(Duration::from_secs(1), join_all(fetches)).await {
        Ok(pages) => {
            for page in pages {
                println!("{}", page?);
            }
        }
        Err(_) => println!("one of the requests has no answer"),
    }
    Ok(())
}
