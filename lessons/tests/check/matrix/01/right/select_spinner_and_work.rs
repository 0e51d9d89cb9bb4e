//! The spinner and the work are two branches of one select.

use std::time::Duration;

use futures_util::future::try_join_all;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    let work = (0..lesson_kit::requests()).map(async |_| {
        let url = lesson_kit::url();
        println!("Waiting for {url}");
        println!("{}", client.get(&url).send().await?.text().await?);
        anyhow::Ok(())
    });
    tokio::select! {
        done = try_join_all(work) => done.map(|_| ()),
        () = spin() => unreachable!(),
    }
}

async fn spin() {
    let mut every = tokio::time::interval(Duration::from_millis(20));
    loop {
        every.tick().await;
        println!("tick");
    }
}
