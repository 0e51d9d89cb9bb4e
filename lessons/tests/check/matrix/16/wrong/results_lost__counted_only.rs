//! A failure is data: count it, print it, and go on.

use futures_util::future::join_all;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(async |_| {
        println!("Waiting for {url}");
        client.get(&url).send().await?.error_for_status()?.text().await
    });
    let pages = join_all(fetches).await;
    let failed = pages.iter().filter(|page| page.is_err()).count();
    println!("{} pages, {failed} failed", pages.len() - failed);
    Ok(())
}
