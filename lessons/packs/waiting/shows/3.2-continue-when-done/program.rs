//! Fetches a page in one task, and continues in a second task when the first
//! is done: what a callback is for.

use reqwest::StatusCode;

async fn request() -> reqwest::Result<StatusCode> {
    Ok(reqwest::get(lesson_kit::url()).await?.status())
}

fn report(status: StatusCode) {
    println!("Status: {status}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let task = tokio::spawn(request());

    // `report` is an ordinary function. What makes it a callback is its
    // place after the `.await`: it is called when the task has ended, and
    // not before.
    let continued = tokio::spawn(async move {
        // One `?` is for a task that panicked, the other for a failed
        // request.
        let status = task.await??;
        report(status);
        anyhow::Ok(())
    });
    println!("Task: is_finished() is {}", continued.is_finished());

    // Without this line the program would end here, and both tasks with it.
    continued.await??;
    println!("Task: finished");
    Ok(())
}
