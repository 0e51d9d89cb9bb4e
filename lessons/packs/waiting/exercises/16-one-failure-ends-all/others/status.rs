//! Fetches all pages at once, and shows each that the server has for us.

use futures_util::future::try_join_all;
use reqwest::StatusCode;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(async |_| {
        println!("Waiting for {url}");
        // An answer is an answer, whatever its status: `?` is for no answer
        // at all.
        let answer = client.get(&url).send().await?;
        Ok((answer.status(), answer.text().await?))
    });
    let answers: reqwest::Result<Vec<_>> = try_join_all(fetches).await;
    for (status, page) in answers? {
        match status {
            StatusCode::OK => println!("{page}"),
            status => println!("no page: {status}"),
        }
    }
    Ok(())
}
