//! Fetches a page in a task that sends its result through a channel: for code
//! that needs the result but does not have the task's handle.

use reqwest::StatusCode;
use tokio::sync::oneshot;

async fn request() -> reqwest::Result<StatusCode> {
    Ok(reqwest::get(lesson_kit::url()).await?.status())
}

async fn report(
    message: oneshot::Receiver<StatusCode>,
) -> anyhow::Result<()> {
    // An error once the sender is dropped, so this does not wait forever for
    // a failed task.
    let status = message.await?;
    println!("Status: {status}");
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let (sender, message) = oneshot::channel();
    let task = tokio::spawn(async move {
        let status = request().await?;
        // It fails only when the receiver is gone, and then nothing is lost.
        let _ = sender.send(status);
        anyhow::Ok(())
    });
    println!("Task: is_finished() is {}", task.is_finished());

    let reported = report(message).await;
    // The task knows why a request failed, and the channel does not.
    task.await??;
    println!("Task: finished");
    reported
}
