//! The futures go into a FuturesUnordered, which runs them.

use futures_util::stream::FuturesUnordered;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    let pages = FuturesUnordered::new();
    for _ in 0..lesson_kit::requests() {
        pages.push(show(client.get(lesson_kit::url())));
    }
    println!("{} pages are under way", pages.len());
    Ok(())
}

async fn show(request: reqwest::RequestBuilder) -> reqwest::Result<()> {
    println!("Waiting for {}", lesson_kit::url());
    println!("{}", request.send().await?.text().await?);
    Ok(())
}
