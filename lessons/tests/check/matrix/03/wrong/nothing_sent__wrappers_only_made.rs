//! get() does not block any more, so the program goes on at once.

use std::time::Duration;

#[tokio::main(worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    // Stands in for the spinner that a patient program shows.
    tokio::spawn(async {
        loop {
            println!("tick");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });

    let client = reqwest::Client::new();
    let mut pages = Vec::new();
    for _ in 0..lesson_kit::requests() {
        pages.push(get(&client, lesson_kit::url()));
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    println!("got {} pages", pages.len());
    Ok(())
}

async fn get(client: &reqwest::Client, url: String) -> anyhow::Result<()> {
    println!("Waiting for {url}");
    println!("{}", client.get(&url).send().await?.text().await?);
    Ok(())
}
