//! As in Go: a goroutine that takes the jobs from a channel in the background.

use tokio::sync::mpsc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (jobs, mut todo) = mpsc::channel::<String>(100);
    let (results, mut pages) = mpsc::channel::<String>(100);
    let worker = tokio::spawn(async move {
        let client = reqwest::Client::new();
        while let Some(url) = todo.recv().await {
            println!("Waiting for {url}");
            let page = client.get(&url).send().await?.text().await?;
            results.send(page).await?;
        }
        anyhow::Ok(())
    });
    for _ in 0..lesson_kit::requests() {
        jobs.send(lesson_kit::url()).await?;
    }
    drop(jobs);
    while let Some(page) = pages.recv().await {
        println!("{page}");
    }
    worker.await?
}
