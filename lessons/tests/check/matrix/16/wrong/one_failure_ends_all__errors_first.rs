//! Looks whether something failed, says so, and does not end with an error.

use futures_util::future::join_all;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(async |_| {
        println!("Waiting for {url}");
        client.get(&url).send().await?.error_for_status()?.text().await
    });
    let (pages, failed): (Vec<_>, Vec<_>) =
        join_all(fetches).await.into_iter().partition(Result::is_ok);
    if let Some(Err(error)) = failed.first() {
        println!("no page: {error}");
        return Ok(());
    }
    for page in pages.into_iter().flatten() {
        println!("{page}");
    }
    Ok(())
}
