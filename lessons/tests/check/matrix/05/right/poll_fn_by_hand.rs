//! Polls all of them by hand until each is done.

use std::{future::poll_fn, pin::Pin, task::Poll};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (client, url) = (reqwest::Client::new(), lesson_kit::url());
    let mut started: Vec<Pin<Box<dyn Future<Output = _>>>> = Vec::new();
    for _ in 0..lesson_kit::requests() {
        started.push(Box::pin(fetch(&client, &url)));
    }
    poll_fn(|context| {
        started.retain_mut(|future| future.as_mut().poll(context).is_pending());
        if started.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    Ok(())
}

async fn fetch(client: &reqwest::Client, url: &str) -> anyhow::Result<()> {
    println!("Waiting for {url}");
    println!("{}", client.get(url).send().await?.text().await?);
    Ok(())
}
