//! Fetches all pages concurrently, a task for each, which sends its page to
//! main.

use tokio::sync::mpsc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let (sender, mut pages) = mpsc::channel(1);
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let (request, sender) = (client.get(&url), sender.clone());
        // The handle is not needed: the result goes through the channel.
        tokio::spawn(async move {
            let page = async { request.send().await?.text().await };
            // It fails only when the receiver is gone.
            let _ = sender.send(page.await).await;
        });
    }
    // The channel ends when the last sender is dropped: drop this one.
    drop(sender);
    while let Some(page) = pages.recv().await {
        println!("{}", page?);
    }
    Ok(())
}
