//! Fetches all pages concurrently, a task for each, which returns its page.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut last = None;
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let request = client.get(&url);
        last =
            Some(tokio::spawn(async { request.send().await?.text().await }));
    }
    // All are in flight together, so when the last one is done, the others
    // are done too.
    if let Some(task) = last {
        println!("{}", task.await??);
    }
    Ok(())
}
