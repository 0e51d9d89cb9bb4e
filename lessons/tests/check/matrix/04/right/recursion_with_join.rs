//! Each call joins its own request with those of the next call.

use futures_util::future::{BoxFuture, FutureExt};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    fetch(&client, lesson_kit::requests()).await
}

fn fetch(
    client: &reqwest::Client,
    left: usize,
) -> BoxFuture<'_, anyhow::Result<()>> {
    async move {
        if left == 0 {
            return Ok(());
        }
        let mine = async {
            let url = lesson_kit::url();
            println!("Waiting for {url}");
            println!("{}", client.get(&url).send().await?.text().await?);
            anyhow::Ok(())
        };
        let (mine, others) = tokio::join!(mine, fetch(client, left - 1));
        mine.and(others)
    }
    .boxed()
}
