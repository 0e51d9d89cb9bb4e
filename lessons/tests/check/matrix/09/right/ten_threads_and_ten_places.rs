//! Ten places for ten threads with a blocking client.

use std::thread;

fn main() -> anyhow::Result<()> {
    let count = lesson_kit::requests();
    lesson_kit::serve_at_once(count)?;
    let client = reqwest::blocking::Client::new();
    thread::scope(|scope| {
        let fetch = || {
            println!("Waiting for {}", lesson_kit::url());
            client.get(lesson_kit::url()).send()?.text()
        };
        let threads: Vec<_> = (0..count).map(|_| scope.spawn(fetch)).collect();
        for thread in threads {
            println!("{}", thread.join().expect("a thread panicked")?);
        }
        Ok(())
    })
}
