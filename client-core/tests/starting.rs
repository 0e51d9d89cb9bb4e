//! How a runtime starts its tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use client_core::nonblocking;

/// A thread of Tokio's looks at the network after so many polls of tasks.
const POLLS: usize = 61;

/// A request is polled up to three times until it is sent.
const POLLS_EACH: usize = 3;

#[tokio::test]
async fn a_task_begins_before_more_are_started_than_can_be_sent_at_once() {
    let most_ahead = most_started_ahead().await.unwrap();
    assert!((1..=POLLS / POLLS_EACH).contains(&most_ahead), "{most_ahead}");
}

/// With one thread alone, since two may run at any pace. After a look at the network, which may
/// come while others have not begun, it goes on with the one that starts them.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_thread_that_could_be_helped_does_not_start_them_all_either() {
    let most_ahead = tokio::spawn(most_started_ahead()).await.unwrap().unwrap();
    assert!((1..=2 * POLLS / POLLS_EACH).contains(&most_ahead), "{most_ahead}");
}

/// By how many the tasks that are started are ahead of those that have begun, at most.
async fn most_started_ahead() -> anyhow::Result<usize> {
    let started = Arc::new(AtomicUsize::new(0));
    let most_ahead = Arc::new(AtomicUsize::new(0));
    let task = |index: usize| {
        let (started, most_ahead) = (started.clone(), most_ahead.clone());
        started.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(async move {
            let ahead = started.load(Ordering::Relaxed) - index;
            most_ahead.fetch_max(ahead, Ordering::Relaxed);
        })
    };
    nonblocking::join((0..1000).map(task)).await?;
    Ok(most_ahead.load(Ordering::Relaxed))
}
