//! Fetches all pages concurrently, a task for each, which returns its page.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = Vec::new();
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let request = client.get(&url);
        tasks
            .push(tokio::spawn(async { request.send().await?.text().await }));
    }
    for task in tasks {
        println!("{}", task.await??);
    }
    Ok(())
}
