//! Fetches all pages concurrently, with a blocking client.

use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let url = lesson_kit::url();
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        let url = url.clone();
        // ureq has no runtime inside, and this thread may be blocked.
        tasks.spawn_blocking(move || {
            ureq::get(&url).call()?.body_mut().read_to_string()
        });
    }
    while let Some(page) = tasks.join_next().await {
        println!("{}", page??);
    }
    Ok(())
}
