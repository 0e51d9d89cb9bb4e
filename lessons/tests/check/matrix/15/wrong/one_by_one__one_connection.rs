//! One client and one connection, which all requests share.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    for _ in 0..lesson_kit::requests() {
        let page = fetch(client.clone(), url.clone()).await?;
        println!("{page}");
    }
    Ok(())
}

async fn fetch(client: reqwest::Client, url: String) -> reqwest::Result<String> {
    println!("Waiting for {url}");
    client.get(url).send().await?.text().await
}
