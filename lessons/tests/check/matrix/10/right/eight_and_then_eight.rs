//! Eight requests are joined, then the next eight.

use futures_util::future::try_join_all;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let requests: Vec<_> =
        (0..lesson_kit::requests()).map(|_| client.get(&url)).collect();
    for eight in requests.chunks(8) {
        let fetches = eight
            .iter()
            .filter_map(|request| request.try_clone())
            .map(async |request| request.send().await?.text().await);
        for page in try_join_all(fetches).await? {
            println!("{page}");
        }
    }
    Ok(())
}
