//! Spawns a Future as a task, prints whether it has finished before and after
//! the runtime has run, and reads the result from the task's handle.

use std::any::type_name_of_val;

use tokio::runtime::Builder;
use tokio::task::yield_now;

async fn execute(number: u32) -> u32 {
    println!("Number: {number}");
    number
}

fn main() -> anyhow::Result<()> {
    let future = execute(1);
    println!("Future: {}", type_name_of_val(&future));
    println!("After calling execute");

    // A runtime without a thread of its own runs nothing until `block_on` is
    // called, so the task is always still pending here.
    let runtime = Builder::new_current_thread().build()?;
    let task = runtime.spawn(future);
    println!("Task: is_finished() is {}", task.is_finished());

    // This waits for something else. The task runs meanwhile: a spawned task
    // need not be awaited.
    runtime.block_on(yield_now());
    println!("Task: is_finished() is {}", task.is_finished());

    println!("Task result: {}", runtime.block_on(task)?);
    println!("After the runtime");
    Ok(())
}
