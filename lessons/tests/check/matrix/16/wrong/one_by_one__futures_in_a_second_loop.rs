//! Starts all fetches in one loop and looks at their results in a second.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut fetches = Vec::new();
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let request = client.get(&url);
        fetches
            .push(async { request.send().await?.error_for_status()?.text().await });
    }
    for fetch in fetches {
        match fetch.await {
            Ok(page) => println!("{page}"),
            Err(error) => println!("no page: {error}"),
        }
    }
    Ok(())
}
