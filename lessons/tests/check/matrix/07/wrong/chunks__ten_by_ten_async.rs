//! Async with eight at once, and each of the ten fetches ten pages.

use futures_util::{StreamExt, TryStreamExt, stream};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    let tens = lesson_kit::requests() / 10;
    let blocks = (0..tens).map(|_| ten(&client));
    stream::iter(blocks).buffer_unordered(8).try_collect::<()>().await
}

async fn ten(client: &reqwest::Client) -> anyhow::Result<()> {
    for _ in 0..10 {
        let response = client.get(lesson_kit::url()).send().await?;
        println!("{}", response.text().await?);
    }
    Ok(())
}
