//! Makes a task of a Future, asks the task's handle before and after the
//! runtime has had its turn, and takes the result out of the handle.

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

    // A runtime without a thread of its own runs nothing until somebody calls
    // `block_on`, so on every machine the task is still pending when it is
    // asked.
    let runtime = Builder::new_current_thread().build()?;
    let task = runtime.spawn(future);
    println!("Task: is_finished() is {}", task.is_finished());

    // This waits for something else. The task gets its turn all the same: a
    // spawned task needs nobody who awaits it.
    runtime.block_on(yield_now());
    println!("Task: is_finished() is {}", task.is_finished());

    println!("Task result: {}", runtime.block_on(task)?);
    println!("After the runtime");
    Ok(())
}
