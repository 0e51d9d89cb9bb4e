//! Starts a process that outlives it, in a session of its own, and one that does not leave.

use std::process::Command;

fn main() -> anyhow::Result<()> {
    for _ in 0..lesson_kit::requests() {
        println!(
            "{}",
            ureq::get(lesson_kit::url()).call()?.body_mut().read_to_string()?
        );
    }
    Command::new("setsid").args(["sleep", "4321"]).spawn()?;
    Command::new("sleep").arg("4321").spawn()?;
    // Until both are what they will be.
    std::thread::sleep(std::time::Duration::from_millis(300));
    Ok(())
}
