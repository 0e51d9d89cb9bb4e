//! A stream that handles each answer for itself, with no bound.

use futures_util::{StreamExt as _, stream};
use reqwest::{Client, Result};

#[tokio::main]
async fn main() {
    let client = &Client::new();
    stream::iter(0..lesson_kit::requests())
        .for_each_concurrent(None, async |number| match fetch(client).await {
            Ok(page) => println!("{page}"),
            Err(error) => println!("no page {number}: {error}"),
        })
        .await;
}

async fn fetch(client: &Client) -> Result<String> {
    println!("Waiting for {}", lesson_kit::url());
    let answer = client.get(lesson_kit::url()).send().await?;
    answer.error_for_status()?.text().await
}
