//! Fetches all pages with a pool of eight threads.

use rayon::prelude::*;

fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::blocking::Client::new(), lesson_kit::url());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(8).build()?;
    // Split down to single requests, so that an idle thread can steal one.
    let requests =
        (0..lesson_kit::requests()).into_par_iter().with_max_len(1);
    pool.install(|| {
        requests.try_for_each(|_| {
            println!("{}", client.get(&url).send()?.text()?);
            Ok(())
        })
    })
}
