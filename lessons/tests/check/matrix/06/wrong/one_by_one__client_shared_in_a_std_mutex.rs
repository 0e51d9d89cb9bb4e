//! Threads share the client, so it needs a Mutex.

use std::sync::{Arc, Mutex};
use std::thread;

fn main() -> anyhow::Result<()> {
    let client = Arc::new(Mutex::new(reqwest::blocking::Client::new()));
    let mut threads = Vec::new();
    for _ in 0..lesson_kit::requests() {
        let client = Arc::clone(&client);
        threads.push(thread::spawn(move || {
            let client = client.lock().unwrap();
            client.get(lesson_kit::url()).send()?.text()
        }));
    }
    for thread in threads {
        println!("{}", thread.join().unwrap()?);
    }
    Ok(())
}
