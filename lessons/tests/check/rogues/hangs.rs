//! Fetches one page, and then sleeps for longer than anybody waits.

fn main() -> anyhow::Result<()> {
    println!(
        "{}",
        ureq::get(lesson_kit::url()).call()?.body_mut().read_to_string()?
    );
    std::thread::sleep(std::time::Duration::from_secs(3600));
    Ok(())
}
