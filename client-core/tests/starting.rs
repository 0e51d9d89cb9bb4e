//! How a runtime starts its tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use client_core::nonblocking;

/// Tokio's runtime with one thread looks at the network after so many polls of tasks.
const POLLS: usize = 61;

/// A request is polled up to three times until it is sent.
const POLLS_EACH: usize = 3;

#[tokio::test]
async fn a_task_begins_before_more_are_started_than_can_be_sent_at_once() {
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
    nonblocking::join((0..1000).map(task)).await.unwrap();
    let most_ahead = most_ahead.load(Ordering::Relaxed);
    assert!((1..=POLLS / POLLS_EACH).contains(&most_ahead), "{most_ahead}");
}
