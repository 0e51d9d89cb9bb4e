//! I make all the futures in one loop and collect the pages in a second.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut futures = Vec::new();
    for _ in 0..lesson_kit::requests() {
        futures.push(fetch(client.clone(), url.clone()));
    }
    for future in futures {
        let page = future.await?;
        println!("{page}");
    }
    Ok(())
}

async fn fetch(client: reqwest::Client, url: String) -> anyhow::Result<String> {
    println!("Waiting for {url}");
    Ok(client.get(&url).send().await?.text().await?)
}
