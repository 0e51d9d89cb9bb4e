//! Fetches all pages with a pool of eight threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::blocking::Client::new(), lesson_kit::url());
    let next = AtomicUsize::new(0);
    let work = || {
        while next.fetch_add(1, Ordering::Relaxed) < lesson_kit::requests() {
            println!("{}", client.get(&url).send()?.text()?);
        }
        anyhow::Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            thread
                .join()
                .map_err(|_| anyhow::anyhow!("a thread panicked"))??;
        }
        Ok(())
    })
}
