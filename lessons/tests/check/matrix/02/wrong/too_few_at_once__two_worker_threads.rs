//! Without the .await the calls need more than one thread, so I take two.

use tokio::task::JoinSet;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
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
    let mut response = ureq::get(&url).call()?;
    println!("{}", response.body_mut().read_to_string()?);
    Ok(())
}
