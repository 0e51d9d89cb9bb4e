//! Pages that do not come are left out.

use std::time::Duration;

use futures_util::future::join_all;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(async |number| {
        println!("Waiting for {url}  (request {number})");
        let request = client.get(&url).timeout(Duration::from_secs(1));
        request.send().await?.text().await
    });
    for page in join_all(fetches).await.into_iter().flatten() {
        println!("{page}");
    }
    println!("done");
    Ok(())
}
