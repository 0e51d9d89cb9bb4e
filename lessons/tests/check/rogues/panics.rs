//! Fetches one page, and then takes what is not there.

fn main() -> anyhow::Result<()> {
    ureq::get(lesson_kit::url()).call()?;
    let nothing: Vec<u8> = Vec::new();
    println!("{}", nothing[lesson_kit::requests()]);
    Ok(())
}
