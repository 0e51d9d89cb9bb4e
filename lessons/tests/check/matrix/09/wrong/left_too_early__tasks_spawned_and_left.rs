//! The server has its places now, and the tasks print for themselves.

use tokio::runtime::Runtime;

const SERVED_AT_ONCE: usize = 10;

fn main() -> anyhow::Result<()> {
    lesson_kit::serve_at_once(SERVED_AT_ONCE)?;
    let runtime = Runtime::new()?;
    runtime.block_on(async {
        let (client, url) = (reqwest::Client::new(), lesson_kit::url());
        for _ in 0..lesson_kit::requests() {
            println!("Waiting for {url}");
            let request = client.get(&url);
            tokio::spawn(async {
                println!("{}", request.send().await?.text().await?);
                reqwest::Result::Ok(())
            });
        }
    });
    Ok(())
}
