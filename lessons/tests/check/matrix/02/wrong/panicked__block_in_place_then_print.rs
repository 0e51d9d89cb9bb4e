//! block_in_place is tokio's way to call what blocks.

use tokio::task::{JoinSet, block_in_place};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(async {
            let url = lesson_kit::url();
            println!("Waiting for {url}");
            let mut response = block_in_place(|| ureq::get(&url).call())?;
            println!("{}", response.body_mut().read_to_string()?);
            anyhow::Ok(())
        });
    }
    while let Some(fetched) = tasks.join_next().await {
        fetched??;
    }
    Ok(())
}
