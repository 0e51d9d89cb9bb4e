//! No read may take longer than one second.

use std::time::Duration;

use futures_util::future::join_all;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let patience = Duration::from_secs(1);
    let client = reqwest::Client::builder().read_timeout(patience).build()?;
    let url = lesson_kit::url();
    let fetches = (0..lesson_kit::requests()).map(async |number| {
        println!("Waiting for {url}  (request {number})");
        let page = async { client.get(&url).send().await?.text().await };
        match page.await {
            Ok(page) => println!("{page}  (request {number})"),
            Err(error) => println!("{error}  (request {number})"),
        }
    });
    join_all(fetches).await;
    Ok(())
}
