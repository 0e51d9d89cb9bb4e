//! Now that get() is truly async, the loop can just await it.

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

    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut pages = Vec::new();
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        pages.push(get(&client, &url).await?);
    }
    println!("{}", pages.join("\n"));
    Ok(())
}

async fn get(client: &reqwest::Client, url: &str) -> anyhow::Result<String> {
    Ok(client.get(url).send().await?.text().await?)
}
