//! Like setTimeout in JavaScript: start the work, and it will be done.

#[tokio::main]
async fn main() {
    let client = reqwest::Client::new();
    let url = lesson_kit::url();
    for _ in 0..lesson_kit::requests() {
        println!("Waiting for {url}");
        let request = client.get(&url);
        tokio::spawn(async move {
            let response = request.send().await.unwrap();
            println!("{}", response.text().await.unwrap());
        });
    }
}
