//! Starts processes that outlive it: one in a session of its own, one that does not leave,
//! and one that does not leave and has an empty environment.

use std::process::Command;

fn main() -> anyhow::Result<()> {
    for _ in 0..lesson_kit::requests() {
        println!(
            "{}",
            ureq::get(lesson_kit::url()).call()?.body_mut().read_to_string()?
        );
    }
    // The second is what other systems than Linux have for the first.
    let apart = if cfg!(target_os = "linux") { "setsid" } else { "nohup" };
    Command::new(apart).args(["sleep", "4321"]).spawn()?;
    Command::new("sleep").arg("4321").spawn()?;
    Command::new("sleep").arg("4321").env_clear().spawn()?;
    // Until all are what they will be.
    std::thread::sleep(std::time::Duration::from_millis(300));
    Ok(())
}
