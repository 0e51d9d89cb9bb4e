//! When the last one has got its permit, all of them are through.

use std::sync::Arc;

use tokio::sync::Semaphore;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let places = Arc::new(Semaphore::new(8));
    for _ in 0..lesson_kit::requests() {
        let place = Arc::clone(&places).acquire_owned().await?;
        let request = client.get(&url);
        tokio::spawn(async move {
            let page = request.send().await?.text().await?;
            println!("{page}");
            drop(place);
            reqwest::Result::Ok(())
        });
    }
    Ok(())
}
