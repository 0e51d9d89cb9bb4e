//! get() of the async client makes the request and does not panic.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    let url = lesson_kit::url();
    let mut requests = Vec::new();
    for _ in 0..lesson_kit::requests() {
        requests.push(client.get(&url).build()?);
    }
    for request in requests {
        println!("{:?}", request.body());
    }
    Ok(())
}
