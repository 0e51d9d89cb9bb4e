//! Takes the address from the tutorial, and keeps all the handles.

const URL: &str = "http://localhost:5000/";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    let mut tasks = Vec::new();
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {URL}");
        tasks.push(tokio::spawn(fetch(client.get(URL))));
    }
    for task in tasks {
        println!("{}", task.await??);
    }
    Ok(())
}

async fn fetch(request: reqwest::RequestBuilder) -> reqwest::Result<String> {
    request.send().await?.text().await
}
