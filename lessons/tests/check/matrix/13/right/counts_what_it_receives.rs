//! The sender stays here, so main counts to know when it has all the pages.

use tokio::sync::mpsc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let count = lesson_kit::requests();
    let (sender, mut pages) = mpsc::channel(count);
    for _ in 0..count {
        println!("Waiting for {url}");
        let (page, sender) = (fetch(client.get(&url)), sender.clone());
        tokio::spawn(async move { sender.send(page.await).await });
    }
    for _ in 0..count {
        if let Some(page) = pages.recv().await {
            println!("{}", page?);
        }
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
