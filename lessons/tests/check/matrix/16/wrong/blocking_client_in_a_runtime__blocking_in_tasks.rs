//! Tasks keep a failure to themselves, and a blocking client needs no await.

use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut tasks = JoinSet::new();
    for _ in 0..lesson_kit::requests() {
        tasks.spawn(async {
            println!("Waiting for {}", lesson_kit::url());
            let answer = reqwest::blocking::get(lesson_kit::url())?;
            answer.error_for_status()?.text()
        });
    }
    while let Some(page) = tasks.join_next().await {
        match page? {
            Ok(page) => println!("{page}"),
            Err(error) => println!("no page: {error}"),
        }
    }
    Ok(())
}
