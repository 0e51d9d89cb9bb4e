//! Eight workers with ten requests each, as in the other exercises.

use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    let mut workers = JoinSet::new();
    for _ in 0..8 {
        let client = client.clone();
        workers.spawn(async move {
            for _ in 0..10 {
                let request = client.get(lesson_kit::url());
                println!("{}", request.send().await?.text().await?);
            }
            reqwest::Result::Ok(())
        });
    }
    while let Some(done) = workers.join_next().await {
        done??;
    }
    Ok(())
}
