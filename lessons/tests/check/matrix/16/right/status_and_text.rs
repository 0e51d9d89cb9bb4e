//! Shows each response with its status.

use futures_util::future::join_all;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let fetches = (0..lesson_kit::requests()).map(async |_| {
        println!("Waiting for {url}");
        let answer = client.get(&url).send().await?;
        reqwest::Result::Ok((answer.status(), answer.text().await?))
    });
    for answer in join_all(fetches).await {
        match answer {
            Ok((status, text)) => println!("{}: {text}", status.as_u16()),
            Err(error) => println!("no answer: {error}"),
        }
    }
    Ok(())
}
