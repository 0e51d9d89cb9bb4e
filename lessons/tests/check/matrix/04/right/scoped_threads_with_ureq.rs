//! No async at all: ten threads that may block as they like.

use std::thread;

fn main() {
    thread::scope(|scope| {
        for _ in 0..lesson_kit::requests() {
            scope.spawn(|| {
                let url = lesson_kit::url();
                println!("Waiting for {url}");
                let mut response = ureq::get(&url).call().unwrap();
                println!("{}", response.body_mut().read_to_string().unwrap());
            });
        }
    });
}
