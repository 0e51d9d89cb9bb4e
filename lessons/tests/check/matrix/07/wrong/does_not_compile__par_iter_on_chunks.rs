//! The chunks are an iterator, so par_iter() makes them parallel.

use rayon::prelude::*;

fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::blocking::Client::new(), lesson_kit::url());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(8).build()?;
    let requests: Vec<_> = (0..lesson_kit::requests()).collect();
    pool.install(|| {
        requests.chunks(1).par_iter().try_for_each(|chunk| {
            for _ in chunk {
                println!("{}", client.get(&url).send()?.text()?);
            }
            Ok(())
        })
    })
}
