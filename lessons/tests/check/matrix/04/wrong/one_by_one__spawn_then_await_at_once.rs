//! With tokio::spawn each request is a task of its own, so they overlap.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let request = client.get(&url);
        let page =
            tokio::spawn(async { request.send().await?.text().await }).await??;
        println!("{page}");
    }
    Ok(())
}
