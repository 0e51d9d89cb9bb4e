//! With four tasks at once the lock is never fought for.

use futures_util::{StreamExt as _, stream};
use tokio::sync::Mutex;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let pages = Mutex::new(Vec::new());
    stream::iter(0..lesson_kit::requests())
        .for_each_concurrent(4, async |_| {
            println!("Waiting for {url}");
            let answer = client.get(&url).send().await.unwrap();
            let page = answer.text().await.unwrap();
            pages.lock().await.push(page);
        })
        .await;
    for page in pages.into_inner() {
        println!("{page}");
    }
    Ok(())
}
