//! Takes whichever is ready, and goes on with the rest until there is none.

use futures_util::future::{FutureExt, select_all};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut left: Vec<_> =
        (0..lesson_kit::requests()).map(|_| fetch().boxed()).collect();
    while !left.is_empty() {
        let (fetched, _, rest) = select_all(left).await;
        fetched?;
        left = rest;
    }
    Ok(())
}

async fn fetch() -> anyhow::Result<()> {
    let url = lesson_kit::url();
    println!("Waiting for {url}");
    println!("{}", reqwest::get(&url).await?.text().await?);
    Ok(())
}
