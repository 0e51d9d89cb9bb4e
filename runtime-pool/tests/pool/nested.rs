//! A task of a pool may submit to that pool, and wait for what it has submitted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::poll;
use runtime_pool::RuntimePool;
use tokio::task::yield_now;

use crate::common::{Gate, pool};

/// The only permit is that of the task which waits.
#[tokio::test]
async fn a_task_can_await_another() {
    let pool = pool(1, 1);
    assert_eq!(depth(&pool, 5).await, 5);
}

/// How deep it got. A task at each level spawns the next one and awaits it.
async fn depth(pool: &RuntimePool, levels: usize) -> usize {
    if levels == 0 {
        return 0;
    }
    let inner = pool.clone();
    let handle =
        pool.spawn(async move |()| Box::pin(depth(&inner, levels - 1)).await).await;
    handle.await.unwrap() + 1
}

/// It does not queue behind a task that waits for the permit that it has itself.
#[tokio::test]
async fn a_nested_task_overtakes_one_from_outside() {
    let pool = pool(1, 1);
    let (inner, gate) = (pool.clone(), Gate::closed());
    let shared = gate.clone();
    let first = pool
        .spawn(async move |()| {
            shared.pass().await;
            inner.spawn(async |()| "nested").await.await.unwrap()
        })
        .await;
    let mut second = Box::pin(pool.spawn(async |()| "from outside"));
    assert!(poll!(&mut second).is_pending());
    gate.open();
    assert_eq!(first.await.unwrap(), "nested");
    assert_eq!(second.await.await.unwrap(), "from outside");
}

#[tokio::test]
async fn a_task_can_map() {
    let pool = pool(2, 1);
    let inner = pool.clone();
    let sums = pool.map(0..10, async move |(), n| {
        let products = inner.map(0..n, async move |(), m| n * m).await;
        products.into_iter().map(Result::unwrap).sum::<u32>()
    });
    let sums: Vec<_> = sums.await.into_iter().map(Result::unwrap).collect();
    let expected: Vec<_> =
        (0..10).map(|n: u32| (0..n).map(|m| n * m).sum()).collect();
    assert_eq!(sums, expected);
}

/// Tasks in flight are finished by close, with those that they still submit.
#[tokio::test]
async fn close_waits_for_nested_tasks() {
    let pool = pool(2, 1);
    let inner = pool.clone();
    let handle = pool
        .spawn(async move |()| {
            inner.close().await;
            inner.spawn(async |()| "nested").await.await.unwrap()
        })
        .await;
    pool.close().await;
    assert_eq!(handle.await.unwrap(), "nested");
}

/// Also for those that are not awaited.
#[tokio::test]
#[expect(
    clippy::async_yields_async,
    reason = "the task returns the handle of another"
)]
async fn close_waits_for_detached_nested_tasks() {
    let pool = pool(1, 1);
    let (inner, gate) = (pool.clone(), Gate::closed());
    let shared = gate.clone();
    let nested = pool.spawn(async move |()| {
        inner
            .spawn(async move |()| {
                shared.pass().await;
                "nested"
            })
            .await
    });
    let nested = nested.await.await.unwrap();
    let close = tokio::spawn(async move { pool.close().await });
    yield_now().await;
    assert!(!nested.is_finished());
    gate.open();
    close.await.unwrap();
    assert_eq!(nested.await.unwrap(), "nested");
}

/// It has the thread to itself, and nothing else would make it pause.
#[tokio::test]
async fn a_task_that_spawns_makes_way_for_what_it_has_spawned() {
    let pool = pool(1, 1);
    let inner = pool.clone();
    let outcome = pool.spawn(async move |()| {
        let ran = Arc::new(AtomicUsize::new(0));
        let mut spawned = 0;
        while ran.load(Ordering::SeqCst) == 0 {
            let ran = Arc::clone(&ran);
            spawned += 1;
            let _detached = inner
                .spawn(async move |()| ran.fetch_add(1, Ordering::SeqCst))
                .await;
        }
        spawned
    });
    assert!(outcome.await.await.unwrap() > 0);
}

/// A thread of another pool has no permit that it could wait for in vain.
#[tokio::test]
async fn a_task_of_another_pool_waits_for_a_permit() {
    let (first, second) = (pool(1, 1), pool(1, 1));
    let _takes_the_permit =
        second.spawn(async |()| std::future::pending::<()>().await).await;
    let other = second.clone();
    let is_ready = first
        .spawn(async move |()| {
            poll!(Box::pin(other.spawn(async |()| ()))).is_ready()
        })
        .await
        .await
        .unwrap();
    assert!(!is_ready);
}
