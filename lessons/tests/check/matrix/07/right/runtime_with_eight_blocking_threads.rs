//! Tokio's pool for blocking calls, limited to eight threads.

use tokio::{runtime::Builder, task::JoinSet};

fn main() -> anyhow::Result<()> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(8)
        .build()?;
    runtime.block_on(async {
        let mut calls = JoinSet::new();
        for _ in 0..lesson_kit::requests() {
            calls.spawn_blocking(|| {
                let mut response = ureq::get(lesson_kit::url()).call()?;
                response.body_mut().read_to_string()
            });
        }
        while let Some(page) = calls.join_next().await {
            println!("{}", page??);
        }
        Ok(())
    })
}
