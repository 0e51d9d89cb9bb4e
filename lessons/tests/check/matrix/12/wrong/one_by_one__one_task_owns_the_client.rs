//! No lock at all: one task owns what is shared, and the others ask it.

use tokio::{sync::mpsc, sync::oneshot, task::JoinSet};

type Job = oneshot::Sender<reqwest::Result<String>>;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (sender, jobs) = mpsc::channel(100);
    tokio::spawn(own(jobs));
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        let sender = sender.clone();
        tasks.spawn(async move {
            println!("Waiting for {}", lesson_kit::url());
            let (job, answer) = oneshot::channel();
            sender.send(job).await?;
            anyhow::Ok(answer.await??)
        });
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}

async fn own(mut jobs: mpsc::Receiver<Job>) {
    let client = reqwest::Client::new();
    while let Some(job) = jobs.recv().await {
        let page =
            async { client.get(lesson_kit::url()).send().await?.text().await };
        let _ = job.send(page.await);
    }
}
