//! The blocking client lives and dies on threads that may block.

use futures_util::future::try_join_all;
use tokio::task::spawn_blocking;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let fetches = (0..lesson_kit::requests()).map(|_| {
        spawn_blocking(|| reqwest::blocking::get(lesson_kit::url())?.text())
    });
    for page in try_join_all(fetches).await? {
        println!("{}", page?);
    }
    Ok(())
}
