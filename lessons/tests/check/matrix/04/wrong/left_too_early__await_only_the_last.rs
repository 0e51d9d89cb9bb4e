//! The last task is the last to be done, so it is enough to wait for that one.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    let url = lesson_kit::url();
    let mut last = None;
    for number in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let request = client.get(&url);
        last = Some(tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_millis(
                500 - 50 * number as u64,
            ))
            .await;
            let page = request.send().await?.text().await?;
            println!("{page}");
            reqwest::Result::Ok(())
        }));
    }
    if let Some(task) = last {
        task.await??;
    }
    Ok(())
}
