//! Fetches all pages with a pool of eight threads.

use std::sync::{Mutex, mpsc};
use std::thread;

fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::blocking::Client::new(), lesson_kit::url());
    let (give, take) = mpsc::channel();
    for request in 0..lesson_kit::requests() {
        give.send(request)?;
    }
    drop(give);
    let line = Mutex::new(take);
    thread::scope(|scope| {
        let work = || {
            // The lock is released before the request is sent.
            while let Ok(_request) = next(&line) {
                println!("{}", client.get(&url).send()?.text()?);
            }
            anyhow::Ok(())
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            thread
                .join()
                .map_err(|_| anyhow::anyhow!("a thread panicked"))??;
        }
        Ok(())
    })
}

fn next(
    line: &Mutex<mpsc::Receiver<usize>>,
) -> Result<usize, mpsc::RecvError> {
    line.lock().map_err(|_| mpsc::RecvError)?.recv()
}
