//! The runtimes send their pages to main, which prints them all.

use std::{sync::mpsc, thread};

use futures_util::future::join_all;
use tokio::runtime::Builder;

fn main() -> anyhow::Result<()> {
    let (tx, rx) = mpsc::channel();
    for first in 0..2 {
        let tx = tx.clone();
        thread::spawn(move || run(first, &tx));
    }
    for page in rx {
        println!("{page}");
    }
    Ok(())
}

fn run(first: usize, tx: &mpsc::Sender<String>) -> anyhow::Result<()> {
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let client = reqwest::Client::new();
        let share = (first..lesson_kit::requests()).step_by(2);
        let fetches = share.map(async |_| {
            let response = client.get(lesson_kit::url()).send().await?;
            tx.send(response.text().await?)?;
            anyhow::Ok(())
        });
        join_all(fetches).await.into_iter().collect()
    })
}
