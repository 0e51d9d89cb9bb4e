//! With a timeout on each request try_join_all comes to its end.

use std::time::Duration;

use futures_util::future::try_join_all;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(async |number| {
        println!("Waiting for {url}  (request {number})");
        let request = client.get(&url).timeout(Duration::from_secs(1));
        reqwest::Result::Ok((number, request.send().await?.text().await?))
    });
    for (number, page) in try_join_all(fetches).await? {
        println!("{page}  (request {number})");
    }
    Ok(())
}
