//! Two runtimes with a LocalSet each send their pages to main.

use std::{sync::mpsc, thread};

use tokio::{runtime::Builder, task::LocalSet};

fn main() -> anyhow::Result<()> {
    let (tx, rx) = mpsc::channel();
    for first in 0..2 {
        let tx = tx.clone();
        thread::spawn(move || run(first, &tx));
    }
    drop(tx);
    for page in rx {
        println!("{}", page?);
    }
    Ok(())
}

fn run(first: usize, tx: &mpsc::Sender<reqwest::Result<String>>) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let (client, local) = (reqwest::Client::new(), LocalSet::new());
    for _ in (first..lesson_kit::requests()).step_by(2) {
        let (request, tx) = (client.get(lesson_kit::url()), tx.clone());
        local.spawn_local(async move {
            let page = async { request.send().await?.text().await };
            tx.send(page.await).unwrap();
        });
    }
    runtime.block_on(local);
}
