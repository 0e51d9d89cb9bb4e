//! Fetches all pages concurrently, and shows each that the server sends.

use futures_util::future::try_join_all;
use reqwest::StatusCode;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(async |_| {
        println!("Waiting for {url}");
        // A response with any status is Ok: `?` is for no response at all.
        let response = client.get(&url).send().await?;
        Ok((response.status(), response.text().await?))
    });
    let responses: reqwest::Result<Vec<_>> = try_join_all(fetches).await;
    for (status, page) in responses? {
        match status {
            StatusCode::OK => println!("{page}"),
            status => println!("no page: {status}"),
        }
    }
    Ok(())
}
