//! rayon makes the chunks itself, and a quarter of them each is a fair share.

use rayon::prelude::*;

fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::blocking::Client::new(), lesson_kit::url());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(8).build()?;
    let requests = (0..lesson_kit::requests()).into_par_iter();
    pool.install(|| {
        requests.with_min_len(25).try_for_each(|_| {
            println!("{}", client.get(&url).send()?.text()?);
            Ok(())
        })
    })
}
