//! Outside the runtime, on threads of their own, the clients do not panic.

use std::thread;

fn main() {
    for _ in 0..lesson_kit::requests() {
        thread::spawn(|| {
            let client = reqwest::blocking::Client::new();
            let response = client.get(lesson_kit::url()).send().unwrap();
            println!("{}", response.text().unwrap());
        });
    }
    thread::sleep(std::time::Duration::from_millis(500));
}
