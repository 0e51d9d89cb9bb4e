//! The spawned task calls fetch(), and main awaits the task.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    let mut started = Vec::new();
    for _ in 0..lesson_kit::requests() {
        let client = client.clone();
        started.push(tokio::spawn(async { fetch(client) }));
    }
    println!("{} requests are under way", started.len());
    for task in started {
        let _page = task.await?;
    }
    Ok(())
}

async fn fetch(client: reqwest::Client) -> anyhow::Result<()> {
    let url = lesson_kit::url();
    println!("Waiting for {url}");
    println!("{}", client.get(url).send().await?.text().await?);
    Ok(())
}
