//! Even reqwest's blocking client may be used where blocking is allowed.

use std::time::Duration;

use futures_util::future::try_join_all;
use tokio::task::spawn_blocking;

#[tokio::main(worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    // Stands in for the spinner that a patient program shows.
    tokio::spawn(async {
        loop {
            println!("tick");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });

    let calls = (0..lesson_kit::requests()).map(|_| spawn_blocking(get));
    for page in try_join_all(calls).await? {
        println!("{}", page?);
    }
    Ok(())
}

fn get() -> anyhow::Result<String> {
    let url = lesson_kit::url();
    println!("Waiting for {url}");
    Ok(reqwest::blocking::get(&url)?.text()?)
}
