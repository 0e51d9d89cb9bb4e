//! rayon drives the async client's futures with a poll on each thread.

use futures_util::FutureExt;
use rayon::prelude::*;

fn main() {
    let client = reqwest::Client::new();
    let url = lesson_kit::url();
    (0..lesson_kit::requests()).into_par_iter().for_each(|_| {
        let page =
            async { client.get(&url).send().await?.text().await }.now_or_never();
        if let Some(Ok(page)) = page {
            println!("{page}");
        }
    });
}
