//! A stream that runs its closure for all of them concurrently.

use futures_util::{StreamExt, stream};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let client = reqwest::Client::new();
    let url = lesson_kit::url();
    stream::iter(0..lesson_kit::requests())
        .for_each_concurrent(None, async |_| {
            println!("Waiting for {url}");
            let response = client.get(&url).send().await.unwrap();
            println!("{}", response.text().await.unwrap());
        })
        .await;
}
