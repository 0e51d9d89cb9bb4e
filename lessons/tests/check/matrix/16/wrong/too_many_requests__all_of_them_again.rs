//! When one fails, say so and try again, three times at most.

use futures_util::future::try_join_all;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    for _ in 0..3 {
        match fetch_all(&client).await {
            Ok(pages) => {
                pages.iter().for_each(|page| println!("{page}"));
                break;
            }
            Err(error) => println!("no page: {error}, so once more"),
        }
    }
    Ok(())
}

async fn fetch_all(client: &reqwest::Client) -> reqwest::Result<Vec<String>> {
    let url = lesson_kit::url();
    let fetches = (0..lesson_kit::requests()).map(async |_| {
        println!("Waiting for {url}");
        client.get(&url).send().await?.error_for_status()?.text().await
    });
    try_join_all(fetches).await
}
