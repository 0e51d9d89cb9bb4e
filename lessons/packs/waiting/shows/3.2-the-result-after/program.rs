//! Fetches a page in a task, waits until the task is done, and reads its
//! result from the handle. There is no callback.

use reqwest::StatusCode;

async fn request() -> reqwest::Result<StatusCode> {
    Ok(reqwest::get(lesson_kit::url()).await?.status())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut task = tokio::spawn(request());
    println!("Task: is_finished() is {}", task.is_finished());

    // `task.await` would consume the handle. Borrowed with `&mut`, it can
    // still be asked afterwards whether it has finished. One `?` is for a
    // task that panicked, the other for a failed request.
    let status = (&mut task).await??;
    println!("Task: is_finished() is {}", task.is_finished());
    println!("Task result: {status}");
    Ok(())
}
