//! A 503 is said to be temporary, so the request is sent once more.

use futures_util::future::join_all;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(async |_| {
        println!("Waiting for {url}");
        let mut answer = client.get(&url).send().await?;
        if answer.status() == reqwest::StatusCode::SERVICE_UNAVAILABLE {
            println!("no page: {}", answer.status());
            answer = client.get(&url).send().await?;
        }
        answer.error_for_status()?.text().await
    });
    for page in join_all(fetches).await {
        match page {
            Ok(page) => println!("{page}"),
            Err(error) => println!("no page: {error}"),
        }
    }
    Ok(())
}
