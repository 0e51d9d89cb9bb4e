//! Fetches all pages at once with the client that is easiest to use.

use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let url = lesson_kit::url();
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        let url = url.clone();
        // ureq has no runtime inside, and this is a thread that may be
        // blocked.
        tasks.spawn_blocking(move || {
            ureq::get(&url).call()?.body_mut().read_to_string()
        });
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}
