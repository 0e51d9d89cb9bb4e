//! The tasks share one client, and what is shared needs an Arc<Mutex<..>>.

use std::sync::Arc;
use tokio::sync::Mutex;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = Arc::new(Mutex::new(reqwest::Client::new()));
    let mut handles = Vec::new();
    for _ in 0..lesson_kit::requests() {
        let client = Arc::clone(&client);
        handles.push(tokio::spawn(async move {
            let url = lesson_kit::url();
            println!("Waiting for {url}");
            let client = client.lock().await;
            let page = client.get(&url).send().await?.text().await?;
            println!("{page}");
            anyhow::Ok(())
        }));
    }
    for handle in handles {
        handle.await??;
    }
    Ok(())
}
