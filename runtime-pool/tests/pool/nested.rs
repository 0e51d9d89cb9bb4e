//! A task of a pool may submit to that pool, and wait for what it has submitted.

use futures_util::poll;
use runtime_pool::RuntimePool;

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

/// It does not queue behind one who waits for the permit that it has itself.
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
