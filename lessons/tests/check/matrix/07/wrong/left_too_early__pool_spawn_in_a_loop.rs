//! pool.spawn hands the requests to the eight threads one by one.

use std::time::Duration;

fn main() -> anyhow::Result<()> {
    let client = reqwest::blocking::Client::new();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(8).build()?;
    for _ in 0..lesson_kit::requests() {
        let request = client.get(lesson_kit::url());
        pool.spawn(|| {
            let response = request.send().unwrap();
            println!("{}", response.text().unwrap());
        });
    }
    std::thread::sleep(Duration::from_millis(300));
    Ok(())
}
