//! Four threads, and each keeps an agent for all of its requests.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

static NEXT: AtomicUsize = AtomicUsize::new(0);

fn main() -> anyhow::Result<()> {
    let threads: Vec<_> = (0..4).map(|_| thread::spawn(work)).collect();
    for thread in threads {
        thread.join().expect("a thread panicked")?;
    }
    Ok(())
}

fn work() -> Result<(), ureq::Error> {
    let (agent, url) = (ureq::Agent::new_with_defaults(), lesson_kit::url());
    while NEXT.fetch_add(1, Ordering::Relaxed) < lesson_kit::requests() {
        println!("Waiting for {url}");
        let mut answer = agent.get(&url).call()?;
        println!("{}", answer.body_mut().read_to_string()?);
    }
    Ok(())
}
