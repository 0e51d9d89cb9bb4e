//! A pool with a thread for each request, and no runtime in main.

fn main() -> anyhow::Result<()> {
    let client = reqwest::blocking::Client::new();
    let requests = lesson_kit::requests();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(requests).build()?;
    pool.in_place_scope(|scope| {
        for _ in 0..requests {
            scope.spawn(|_| {
                let response = client.get(lesson_kit::url()).send().unwrap();
                println!("{}", response.text().unwrap());
            });
        }
    });
    Ok(())
}
