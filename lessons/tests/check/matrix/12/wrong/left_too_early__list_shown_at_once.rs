//! The lock at the end waits until the tasks are through with the list.

use std::sync::Arc;

use reqwest::RequestBuilder;
use tokio::sync::Mutex;

type Pages = Arc<Mutex<Vec<String>>>;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, pages) = (reqwest::Client::new(), Pages::default());
    for _ in 0..lesson_kit::requests() {
        let request = client.get(lesson_kit::url());
        tokio::spawn(fetch(request, Arc::clone(&pages)));
    }
    for page in pages.lock().await.iter() {
        println!("{page}");
    }
    Ok(())
}

async fn fetch(request: RequestBuilder, pages: Pages) -> reqwest::Result<()> {
    println!("Waiting for {}", lesson_kit::url());
    let page = request.send().await?.text().await?;
    pages.lock().await.push(page);
    Ok(())
}
