//! Waiting is faster in async, so the pool goes into an async main.

use rayon::prelude::*;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::blocking::Client::new(), lesson_kit::url());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(8).build()?;
    pool.install(|| {
        (0..lesson_kit::requests()).par_bridge().try_for_each(|_| {
            println!("{}", client.get(&url).send()?.text()?);
            Ok(())
        })
    })
}
