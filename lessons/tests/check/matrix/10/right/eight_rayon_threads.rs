//! A pool of eight blocking threads is a bound as well.

use rayon::prelude::*;

fn main() -> anyhow::Result<()> {
    let client = reqwest::blocking::Client::new();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(8).build()?;
    pool.install(|| {
        (0..lesson_kit::requests()).into_par_iter().with_max_len(1).try_for_each(
            |_| {
                let answer = client.get(lesson_kit::url()).send()?;
                println!("{}", answer.error_for_status()?.text()?);
                anyhow::Ok(())
            },
        )
    })
}
