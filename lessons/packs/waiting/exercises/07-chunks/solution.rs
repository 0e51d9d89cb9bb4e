//! Fetches all pages with a pool of eight threads.

use rayon::prelude::*;

fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::blocking::Client::new(), lesson_kit::url());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(8).build()?;
    let requests: Vec<_> = (0..lesson_kit::requests()).collect();

    // A free thread takes the next one.
    let chunks = requests.chunks(1).par_bridge();
    pool.install(|| {
        chunks.try_for_each(|chunk| {
            for _ in chunk {
                println!("{}", client.get(&url).send()?.text()?);
            }
            Ok(())
        })
    })
}
