//! A thread for each call, as it was before there was async.

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

    for _ in 0..lesson_kit::requests() {
        std::thread::spawn(|| {
            let url = lesson_kit::url();
            println!("Waiting for {url}");
            let mut response = ureq::get(&url).call().unwrap();
            println!("{}", response.body_mut().read_to_string().unwrap());
        });
    }
    tokio::time::sleep(Duration::from_millis(400)).await;
    Ok(())
}
