//! Goes on past the failure until there is a page.

use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let request = client.get(&url);
        tasks
            .spawn(async { request.send().await?.error_for_status()?.text().await });
    }
    let results = tasks.join_all().await;
    if let Some(Err(error)) = results.iter().find(|page| page.is_err()) {
        println!("no page: {error}");
    }
    if let Some(page) = results.into_iter().find_map(Result::ok) {
        println!("{page}");
    }
    Ok(())
}
