//! Four workers share a client and show what they fetch.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    for _ in 0..4 {
        let (client, url) = (client.clone(), url.clone());
        tokio::spawn(async move {
            for _ in 0..lesson_kit::requests() / 4 {
                let page = fetch(client.clone(), url.clone()).await?;
                println!("{page}");
            }
            reqwest::Result::Ok(())
        });
    }
    tokio::task::yield_now().await;
    Ok(())
}

async fn fetch(client: reqwest::Client, url: String) -> reqwest::Result<String> {
    println!("Waiting for {url}");
    client.get(url).send().await?.text().await
}
