//! Moves what each task needs into it, as the compiler told me.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = Vec::new();
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        tasks.push(tokio::spawn(async move {
            client.get(url).send().await?.text().await
        }));
    }
    for task in tasks {
        println!("{}", task.await??);
    }
    Ok(())
}
