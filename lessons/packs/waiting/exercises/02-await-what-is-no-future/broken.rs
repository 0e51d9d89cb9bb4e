//! Fetches the pages one after another, and awaits each.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let url = lesson_kit::url();
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let mut response = ureq::get(&url).call().await?;
        println!("{}", response.body_mut().read_to_string()?);
    }
    Ok(())
}
