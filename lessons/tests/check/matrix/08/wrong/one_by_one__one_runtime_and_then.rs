//! One runtime is enough, with and_then for each request.

use futures_util::{TryStreamExt, stream};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    let url = lesson_kit::url();
    let requests = (0..lesson_kit::requests()).map(anyhow::Ok);
    stream::iter(requests)
        .and_then(async |_| Ok(client.get(&url).send().await?.text().await?))
        .try_for_each(async |page| {
            println!("{page}");
            Ok(())
        })
        .await
}
