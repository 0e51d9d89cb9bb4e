//! As in Go: each goroutine sends its page into a channel.

use tokio::sync::mpsc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (tx, mut rx) = mpsc::unbounded_channel();
    for _ in 0..lesson_kit::requests() {
        tokio::spawn(fetch(lesson_kit::url(), tx.clone()));
    }
    drop(tx);
    while let Some(page) = rx.recv().await {
        println!("{}", page?);
    }
    Ok(())
}

async fn fetch(url: String, tx: mpsc::UnboundedSender<reqwest::Result<String>>) {
    println!("Waiting for {url}");
    let page = async { reqwest::get(&url).await?.text().await }.await;
    let _ = tx.send(page);
}
