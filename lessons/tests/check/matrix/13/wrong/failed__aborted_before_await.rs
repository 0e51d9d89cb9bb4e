//! A task that is detached should be stopped first, and then asked.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = Vec::new();
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        tasks.push(tokio::spawn(fetch(client.get(&url))));
    }
    for task in tasks {
        task.abort();
        println!("{}", task.await??);
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
