//! rayon makes the loop parallel, on four cores.

use rayon::prelude::*;

fn main() -> anyhow::Result<()> {
    rayon::ThreadPoolBuilder::new().num_threads(4).build_global()?;
    let client = reqwest::blocking::Client::new();
    let url = lesson_kit::url();
    let pages: Result<Vec<String>, _> = (0..lesson_kit::requests())
        .into_par_iter()
        .map(|_| client.get(&url).send()?.text())
        .collect();
    for page in pages? {
        println!("{page}");
    }
    Ok(())
}
