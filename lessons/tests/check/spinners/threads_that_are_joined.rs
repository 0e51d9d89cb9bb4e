//! Has a thread for each request, and blocks the runtime's only thread until all are done.

use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    tokio::spawn(async {
        loop {
            println!("tick");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    std::thread::scope(|scope| {
        for _ in 0..lesson_kit::requests() {
            scope.spawn(|| {
                let mut answer = ureq::get(lesson_kit::url()).call()?;
                println!("{}", answer.body_mut().read_to_string()?);
                anyhow::Ok(())
            });
        }
    });
    Ok(())
}
