//! The handle's result is got with block_on, as with future.result() elsewhere.

use tokio::runtime::Handle;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = Vec::new();
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        tasks.push(tokio::spawn(fetch(client.get(&url))));
    }
    for task in tasks {
        let page = Handle::current().block_on(task)??;
        println!("{page}");
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
