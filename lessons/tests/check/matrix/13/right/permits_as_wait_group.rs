//! Each task prints its page, and main waits for all permits to come back.

use std::sync::Arc;

use tokio::sync::Semaphore;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let count = lesson_kit::requests();
    let running = Arc::new(Semaphore::new(count));
    for _ in 0..count {
        let permit = Arc::clone(&running).acquire_owned().await?;
        println!("Waiting for {url}");
        let request = client.get(&url);
        tokio::spawn(async move {
            match fetch(request).await {
                Ok(page) => println!("{page}"),
                Err(error) => println!("{error}"),
            }
            drop(permit);
        });
    }
    let _all = running.acquire_many(count.try_into()?).await?;
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
