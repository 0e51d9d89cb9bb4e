//! The task makes the request, and its handle is awaited for the result.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = Vec::new();
    for _ in 0..lesson_kit::requests() {
        let request = client.get(&url);
        tasks.push(tokio::spawn(async move { fetch(request) }));
    }
    for task in tasks {
        let _page = task.await?;
        println!("one page is here");
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<()> {
    println!("Waiting for {}", lesson_kit::url());
    println!("{}", request.send().await?.text().await?);
    Ok(())
}
