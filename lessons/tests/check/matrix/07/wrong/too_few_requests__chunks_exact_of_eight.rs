//! Batches of exactly eight, so that all eight threads are busy in each.

use std::thread;

fn main() {
    let client = reqwest::blocking::Client::new();
    let requests: Vec<_> = (0..lesson_kit::requests()).collect();
    for batch in requests.chunks_exact(8) {
        thread::scope(|scope| {
            for _ in batch {
                scope.spawn(|| {
                    let response = client.get(lesson_kit::url()).send().unwrap();
                    println!("{}", response.text().unwrap());
                });
            }
        });
    }
}
