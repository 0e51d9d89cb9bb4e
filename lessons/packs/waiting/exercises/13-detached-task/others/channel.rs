//! Fetches all pages at once, with a task for each, which sends its page to
//! main.

use tokio::sync::mpsc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let (sender, mut pages) = mpsc::channel(1);
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let (request, sender) = (client.get(&url), sender.clone());
        // Nobody needs the handle: the result takes another way.
        tokio::spawn(async move {
            let page = async { request.send().await?.text().await };
            // It fails only when the main task has stopped listening.
            let _ = sender.send(page.await).await;
        });
    }
    // The channel ends with its last sender, which must not be this one.
    drop(sender);
    while let Some(page) = pages.recv().await {
        println!("{}", page?);
    }
    Ok(())
}
