//! Eight threads take the next request from a channel behind a lock.

use std::sync::{Mutex, mpsc};
use std::thread;

fn main() {
    let client = reqwest::blocking::Client::new();
    let (tx, rx) = mpsc::channel();
    for number in 0..lesson_kit::requests() {
        tx.send(number).unwrap();
    }
    drop(tx);
    let rx = Mutex::new(rx);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Ok(_number) = rx.lock().unwrap().recv() {
                    let response = client.get(lesson_kit::url()).send();
                    println!("{}", response.unwrap().text().unwrap());
                }
            });
        }
    });
}
