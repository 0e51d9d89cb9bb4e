//! Takes the first that comes, and then the first of the rest.

use futures_util::future::select_all;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let tasks = (0..lesson_kit::requests()).map(|_| {
        println!("Waiting for {url}");
        tokio::spawn(fetch(client.get(&url)))
    });
    let mut rest: Vec<_> = tasks.collect();
    while !rest.is_empty() {
        let (page, _, others) = select_all(rest).await;
        println!("{}", page??);
        rest = others;
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
