//! Each call gets a thread, which answers the task through a oneshot channel.

use std::thread;
use std::time::Duration;

use tokio::{sync::oneshot, task::JoinSet};

#[tokio::main(flavor = "current_thread")]
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
        tasks.spawn(fetch(lesson_kit::url()));
    }
    while let Some(fetched) = tasks.join_next().await {
        fetched??;
    }
    Ok(())
}

async fn fetch(url: String) -> anyhow::Result<()> {
    println!("Waiting for {url}");
    let (tell, told) = oneshot::channel();
    thread::spawn(move || tell.send(ureq::get(&url).call()));
    println!("{}", told.await??.body_mut().read_to_string()?);
    Ok(())
}
