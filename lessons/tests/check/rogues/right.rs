//! Does what is wanted: one after another.

fn main() -> anyhow::Result<()> {
    for _ in 0..lesson_kit::requests() {
        println!(
            "{}",
            ureq::get(lesson_kit::url()).call()?.body_mut().read_to_string()?
        );
    }
    Ok(())
}
