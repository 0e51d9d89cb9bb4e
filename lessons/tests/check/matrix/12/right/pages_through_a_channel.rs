//! The list belongs to main, and the tasks send it what they have.

use tokio::sync::mpsc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let (sender, mut receiver) = mpsc::unbounded_channel();
    for _ in 0..lesson_kit::requests() {
        let (request, sender) = (client.get(&url), sender.clone());
        tokio::spawn(async move {
            println!("Waiting for {}", lesson_kit::url());
            let page = request.send().await?.text().await?;
            sender.send(page)?;
            anyhow::Ok(())
        });
    }
    drop(sender);
    let mut pages = Vec::new();
    while let Some(page) = receiver.recv().await {
        pages.push(page);
    }
    println!("{}", pages.join("\n"));
    Ok(())
}
