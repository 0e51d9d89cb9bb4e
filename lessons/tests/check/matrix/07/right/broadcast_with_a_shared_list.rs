//! Every thread of the pool pops from the same list until it is empty.

use std::sync::Mutex;

fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::blocking::Client::new(), lesson_kit::url());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(8).build()?;
    let list: Mutex<Vec<_>> = Mutex::new((0..lesson_kit::requests()).collect());
    let next = || list.lock().unwrap().pop();
    let done = pool.broadcast(|_| {
        while next().is_some() {
            println!("{}", client.get(&url).send()?.text()?);
        }
        anyhow::Ok(())
    });
    done.into_iter().collect()
}
