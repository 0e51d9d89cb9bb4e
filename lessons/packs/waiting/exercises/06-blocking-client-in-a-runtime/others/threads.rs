//! Fetches all pages concurrently, with a blocking client.

use std::thread;

// Outside any runtime, the blocking client may start its own.
fn main() -> anyhow::Result<()> {
    let client = reqwest::blocking::Client::new();
    let url = lesson_kit::url();
    thread::scope(|scope| {
        let fetch = || client.get(&url).send()?.text();
        let threads: Vec<_> =
            (0..lesson_kit::requests()).map(|_| scope.spawn(fetch)).collect();
        for thread in threads {
            let page =
                thread.join().map_err(|_| anyhow::anyhow!("a panic"))?;
            println!("{}", page?);
        }
        Ok(())
    })
}
