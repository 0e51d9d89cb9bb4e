//! Maps in the pool, and counts the pages at the end.

use rayon::prelude::*;

fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::blocking::Client::new(), lesson_kit::url());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(8).build()?;
    let count = pool.install(|| {
        (0..lesson_kit::requests())
            .par_bridge()
            .filter_map(|_| client.get(&url).send().ok()?.text().ok())
            .count()
    });
    println!("{count} pages");
    Ok(())
}
