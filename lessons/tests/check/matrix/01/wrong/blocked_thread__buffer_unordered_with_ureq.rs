//! buffer_unordered(10) keeps ten requests going at the same time.

use std::time::Duration;

use futures_util::{StreamExt, stream};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    // Stands in for the spinner that a patient program shows.
    tokio::spawn(async {
        loop {
            println!("tick");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });

    let fetches = (0..lesson_kit::requests()).map(|_| fetch());
    let mut pages = stream::iter(fetches).buffer_unordered(10);
    while let Some(page) = pages.next().await {
        println!("{}", page?);
    }
    Ok(())
}

async fn fetch() -> anyhow::Result<String> {
    let url = lesson_kit::url();
    println!("Waiting for {url}");
    Ok(ureq::get(&url).call()?.body_mut().read_to_string()?)
}
