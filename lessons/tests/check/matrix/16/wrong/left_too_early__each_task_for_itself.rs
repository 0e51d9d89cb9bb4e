//! A task prints its page or its failure, and no other has to know of it.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let request = client.get(&url);
        tokio::spawn(async move {
            match fetch(request).await {
                Ok(page) => println!("{page}"),
                Err(error) => println!("no page: {error}"),
            }
        });
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.error_for_status()?.text().await
}
