//! A std thread cannot be awaited, but it can be joined.

use tokio::task::JoinSet;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let url = lesson_kit::url();
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(fetch(url.clone()));
    }
    while let Some(fetched) = tasks.join_next().await {
        fetched??;
    }
    Ok(())
}

async fn fetch(url: String) -> anyhow::Result<()> {
    println!("Waiting for {url}");
    let thread = std::thread::spawn(move || ureq::get(&url).call());
    let mut response = thread.join().unwrap()?;
    println!("{}", response.body_mut().read_to_string()?);
    Ok(())
}
