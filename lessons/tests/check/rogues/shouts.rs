//! Prints a megabyte in one line, a megabyte in many, and a command to the terminal.

fn main() -> anyhow::Result<()> {
    println!("{}", "x".repeat(1 << 20));
    for line in 0..100_000 {
        println!("line {line}");
    }
    eprintln!("\x1b[2J\x1b[31mred");
    for _ in 0..lesson_kit::requests() {
        println!(
            "{}",
            ureq::get(lesson_kit::url()).call()?.body_mut().read_to_string()?
        );
    }
    Ok(())
}
