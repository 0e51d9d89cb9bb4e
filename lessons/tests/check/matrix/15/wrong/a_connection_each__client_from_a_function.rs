//! All fetches take the client of one function.

use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::Client;

fn client() -> Client {
    let builder = Client::builder().timeout(Duration::from_secs(30));
    builder.build().expect("the settings are good")
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    stream::iter(0..lesson_kit::requests())
        .map(anyhow::Ok)
        .try_for_each_concurrent(4, async |_| {
            let url = lesson_kit::url();
            println!("Waiting for {url}");
            println!("{}", client().get(url).send().await?.text().await?);
            Ok(())
        })
        .await
}
