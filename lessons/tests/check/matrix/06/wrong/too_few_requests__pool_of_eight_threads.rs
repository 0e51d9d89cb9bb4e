//! Eight threads, each with its own blocking client, fetch all the pages.

use std::thread;

fn main() {
    let threads: Vec<_> = (0..8)
        .map(|_| {
            thread::spawn(|| {
                let client = reqwest::blocking::Client::new();
                client.get(lesson_kit::url()).send()?.text()
            })
        })
        .collect();
    for thread in threads {
        println!("{}", thread.join().unwrap().unwrap());
    }
}
