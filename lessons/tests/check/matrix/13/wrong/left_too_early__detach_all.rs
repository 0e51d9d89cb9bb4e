//! A JoinSet drops its tasks at the end, so they have to be detached from it.

use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let request = client.get(&url);
        tasks.spawn(async move {
            let page = request.send().await?.text().await?;
            println!("{page}");
            reqwest::Result::Ok(())
        });
    }
    tasks.detach_all();
    Ok(())
}
