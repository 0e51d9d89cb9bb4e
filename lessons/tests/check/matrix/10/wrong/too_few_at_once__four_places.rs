//! Half of what the server can take is on the safe side.

use std::sync::Arc;

use tokio::{sync::Semaphore, task::JoinSet};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let places = Arc::new(Semaphore::new(4));
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        let place = Arc::clone(&places).acquire_owned().await?;
        let request = client.get(&url);
        tasks.spawn(async move {
            let _place = place;
            request.send().await?.text().await
        });
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}
