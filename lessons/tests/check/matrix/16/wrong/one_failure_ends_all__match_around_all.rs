//! The error is caught with a match where the pages arrive.

use futures_util::future::try_join_all;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(async |_| {
        println!("Waiting for {url}");
        client.get(&url).send().await?.error_for_status()?.text().await
    });
    match try_join_all(fetches).await {
        Ok(pages) => {
            for page in pages {
                println!("{page}");
            }
        }
        Err(error) => println!("no page: {error}"),
    }
    Ok(())
}
