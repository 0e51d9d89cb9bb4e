//! The async client, with boxed futures and join_all.

use futures_util::future::{FutureExt, join_all};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    let url = lesson_kit::url();
    let mut fetches = Vec::new();
    for _ in 0..lesson_kit::requests() {
        let sent = client.get(&url).send();
        fetches.push(sent.then(async |response| response?.text().await).boxed());
    }
    for page in join_all(fetches).await {
        println!("{}", page?);
    }
    Ok(())
}
