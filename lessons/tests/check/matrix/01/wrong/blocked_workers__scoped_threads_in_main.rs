//! Ten threads for ten requests, then nothing has to wait for another.

use std::thread;
use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    // Stands in for the spinner that a patient program shows.
    tokio::spawn(async {
        loop {
            println!("tick");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });

    tokio::task::yield_now().await;
    thread::scope(|scope| {
        for _ in 0..lesson_kit::requests() {
            scope.spawn(fetch);
        }
    });
    Ok(())
}

fn fetch() -> anyhow::Result<()> {
    let url = lesson_kit::url();
    println!("Waiting for {url}");
    let page = ureq::get(&url).call()?.body_mut().read_to_string()?;
    println!("{page}");
    Ok(())
}
