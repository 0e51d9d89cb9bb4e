//! Calls an `async` function, which does not run its body yet, and then has
//! a runtime run it.

use std::any::type_name_of_val;

use tokio::runtime::Builder;

async fn execute(number: u32) {
    println!("Number: {number}");
}

fn main() -> anyhow::Result<()> {
    let future = execute(1);
    // A Future is a value that holds what the function needs later. It cannot
    // be printed, so this prints the type that the compiler generated for it.
    println!("Future: {}", type_name_of_val(&future));
    println!("After calling execute");

    // Rust has no built-in event loop: a runtime is a value too, and this one
    // has no thread of its own. It runs on the thread that calls `block_on`.
    let runtime = Builder::new_current_thread().build()?;
    runtime.block_on(future);
    println!("After the runtime");
    Ok(())
}
