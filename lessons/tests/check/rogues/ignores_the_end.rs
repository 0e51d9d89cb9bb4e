//! Shows all pages, and then waits for a task that never ends.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    for _ in 0..lesson_kit::requests() {
        println!("{}", reqwest::get(lesson_kit::url()).await?.text().await?);
    }
    std::future::pending::<()>().await;
    Ok(())
}
