//! Only good pages are sent to main, which waits until it has its ten.

use tokio::sync::mpsc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let (sender, mut pages) = mpsc::channel(1);
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let (request, sender) = (client.get(&url), sender.clone());
        tokio::spawn(async move {
            match fetch(request).await {
                Ok(page) => sender.send(page).await.unwrap(),
                Err(error) => println!("no page: {error}"),
            }
        });
    }
    for _ in 0..lesson_kit::requests() {
        if let Some(page) = pages.recv().await {
            println!("{page}");
        }
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.error_for_status()?.text().await
}
