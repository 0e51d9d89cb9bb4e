//! Thirteen waits in each of eight threads, as the task says.

use std::thread;

fn main() {
    let client = reqwest::blocking::Client::new();
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let client = client.clone();
            thread::spawn(move || {
                for _ in 0..lesson_kit::requests().div_ceil(8) {
                    let response = client.get(lesson_kit::url()).send();
                    println!("{}", response.unwrap().text().unwrap());
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}
