//! Sends a million requests, from many threads.

fn main() {
    std::thread::scope(|scope| {
        for _ in 0..100 {
            scope.spawn(|| {
                for _ in 0..10_000 {
                    let _ = ureq::get(lesson_kit::url()).call();
                }
            });
        }
    });
}
