//! Who gets no permit counts as turned away, without asking the server.

use std::sync::Arc;

use tokio::{sync::Semaphore, task::JoinSet};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let places = Arc::new(Semaphore::new(8));
    let (mut tasks, mut turned_away) = (JoinSet::new(), 0);
    for _ in 0..lesson_kit::requests() {
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            turned_away += 1;
            continue;
        };
        let request = client.get(&url);
        tasks.spawn(async move {
            let _place = place;
            request.send().await?.text().await
        });
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    println!("turned away: {turned_away}");
    Ok(())
}
