//! One thread means that spawn_local will do.

use std::time::Duration;

use tokio::task::LocalSet;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    // Stands in for the spinner that a patient program shows.
    tokio::spawn(async {
        loop {
            println!("tick");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });

    let local = LocalSet::new();
    for _ in 0..lesson_kit::requests() {
        local.spawn_local(async {
            if let Err(error) = fetch().await {
                eprintln!("{error}");
            }
        });
    }
    local.await;
    Ok(())
}

async fn fetch() -> anyhow::Result<()> {
    let url = lesson_kit::url();
    println!("Waiting for {url}");
    println!("{}", reqwest::get(&url).await?.text().await?);
    Ok(())
}
