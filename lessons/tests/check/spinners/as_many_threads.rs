//! Blocks a thread of the runtime for each request: all wait at once, and nothing else runs.

use std::time::Duration;

use tokio::task::JoinSet;

#[tokio::main(worker_threads = 10)]
async fn main() -> anyhow::Result<()> {
    tokio::spawn(async {
        loop {
            println!("tick");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(async {
            let mut answer = ureq::get(lesson_kit::url()).call()?;
            anyhow::Ok(answer.body_mut().read_to_string()?)
        });
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}
