//! One client, and what comes is shown.

use futures_util::{StreamExt as _, stream};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(async |_| {
        println!("Waiting for {url}");
        client.get(&url).send().await
    });
    let mut answers = stream::iter(fetches).buffer_unordered(4);
    while let Some(answer) = answers.next().await {
        println!("{}", answer?.status());
    }
    Ok(())
}
