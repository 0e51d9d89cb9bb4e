//! Each request is a job of its own in a scope of the pool.

fn main() -> anyhow::Result<()> {
    let client = reqwest::blocking::Client::new();
    let url = lesson_kit::url();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(8).build()?;
    pool.in_place_scope(|scope| {
        for _ in 0..lesson_kit::requests() {
            scope.spawn(|_| {
                let response = client.get(&url).send().unwrap();
                println!("{}", response.text().unwrap());
            });
        }
    });
    Ok(())
}
