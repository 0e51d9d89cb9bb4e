//! Goes over the handles and takes the page of each task that is done.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = Vec::new();
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        tasks.push(tokio::spawn(fetch(client.get(&url))));
    }
    tokio::task::yield_now().await;
    for task in tasks {
        if task.is_finished() {
            println!("{}", task.await??);
        }
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
