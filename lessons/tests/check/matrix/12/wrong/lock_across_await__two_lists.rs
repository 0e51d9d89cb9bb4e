//! Two lists with a lock each, so that they do not all want the same one.

use std::sync::Arc;

use tokio::{sync::Mutex, task::JoinSet};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let lists = [Arc::new(Mutex::new(vec![])), Arc::new(Mutex::new(vec![]))];
    let mut tasks = JoinSet::new();
    for number in 0..lesson_kit::requests() {
        let (request, list) = (client.get(&url), lists[number % 2].clone());
        tasks.spawn(async move {
            println!("Waiting for {}", lesson_kit::url());
            let mut list = list.lock().await;
            list.push(request.send().await?.text().await?);
            reqwest::Result::Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    for list in lists {
        list.lock().await.iter().for_each(|page| println!("{page}"));
    }
    Ok(())
}
