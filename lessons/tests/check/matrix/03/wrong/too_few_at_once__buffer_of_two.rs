//! The buffer is as large as the number of worker threads.

use std::time::Duration;

use futures_util::{StreamExt, stream};

#[tokio::main(worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    // Stands in for the spinner that a patient program shows.
    tokio::spawn(async {
        loop {
            println!("tick");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });

    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(|_| get(&client, &url));
    let mut pages = stream::iter(fetches).buffered(2);
    while let Some(page) = pages.next().await {
        println!("{}", page?);
    }
    Ok(())
}

async fn get(client: &reqwest::Client, url: &str) -> anyhow::Result<String> {
    println!("Waiting for {url}");
    Ok(client.get(url).send().await?.text().await?)
}
