//! blocking_lock needs no .await, so nothing is held across one.

use std::sync::Arc;

use futures_util::future::join_all;
use tokio::sync::Mutex;

#[tokio::main]
async fn main() {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let pages = Arc::new(Mutex::new(Vec::new()));
    let fetches = (0..lesson_kit::requests()).map(async |_| {
        println!("Waiting for {url}");
        let answer = client.get(&url).send().await.unwrap();
        let page = answer.text().await.unwrap();
        pages.blocking_lock().push(page);
    });
    join_all(fetches).await;
    for page in pages.lock().await.iter() {
        println!("{page}");
    }
}
