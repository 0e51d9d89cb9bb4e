//! A boxed future is a real future, an async fn perhaps is not.

use std::pin::Pin;
use std::time::Duration;

use tokio::task::JoinSet;

type Page = Pin<Box<dyn Future<Output = anyhow::Result<String>> + Send>>;

#[tokio::main(worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    // Stands in for the spinner that a patient program shows.
    tokio::spawn(async {
        loop {
            println!("tick");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });

    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(get(lesson_kit::url()));
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}

fn get(url: String) -> Page {
    Box::pin(async move {
        println!("Waiting for {url}");
        Ok(ureq::get(&url).call()?.body_mut().read_to_string()?)
    })
}
