//! join_all polls all the wrappers together, and tasks are not needed.

use std::time::Duration;

use futures_util::future::join_all;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    // Stands in for the spinner that a patient program shows.
    tokio::spawn(async {
        loop {
            println!("tick");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });

    let url = lesson_kit::url();
    let fetches = (0..lesson_kit::requests()).map(|_| fetch(&url));
    for page in join_all(fetches).await {
        println!("{}", page?);
    }
    Ok(())
}

async fn fetch(url: &str) -> anyhow::Result<String> {
    println!("Waiting for {url}");
    get(url).await
}

async fn get(url: &str) -> anyhow::Result<String> {
    Ok(ureq::get(url).call()?.body_mut().read_to_string()?)
}
