//! Replacement after a number of tasks.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::mpsc;
use tokio::task::yield_now;

use crate::common::{Count, Counted, Gate, builder};

struct Value {
    tasks: Cell<usize>,
    _counted: Counted,
}

#[tokio::test]
async fn replacement_under_load_loses_nothing() {
    const TASKS: usize = 5_000;
    let (values, starts) = (Count::default(), Arc::new(AtomicUsize::new(0)));
    let (counted, started) = (values.clone(), Arc::clone(&starts));
    let pool = builder(4, 8)
        .replace_after(7)
        .start(async move |_| {
            started.fetch_add(1, Ordering::SeqCst);
            Value { tasks: Cell::new(0), _counted: counted.one() }
        })
        .build()
        .unwrap();
    let outcomes = pool.map_unordered(0..TASKS, async |value, n| {
        value.tasks.set(value.tasks.get() + 1);
        for _ in 0..n % 4 {
            yield_now().await;
        }
        (n, value.tasks.get())
    });
    let mut seen: Vec<_> = outcomes.await.into_iter().map(Result::unwrap).collect();
    assert!(
        seen.iter().all(|(_, tasks)| *tasks <= 7),
        "a value lent more than 7 times"
    );
    seen.sort_unstable();
    assert!(seen.into_iter().map(|(n, _)| n).eq(0..TASKS));
    pool.close().await;
    let starts = starts.load(Ordering::SeqCst);
    assert!(starts >= TASKS.div_ceil(7), "{starts} starts");
    assert_eq!(values.now(), 0, "values that were not dropped");
}

/// The last task of the old runtime may take long, and is not waited for.
#[tokio::test]
async fn the_successor_does_not_wait_for_the_old_tasks() {
    let gate = Gate::closed();
    let starts = AtomicUsize::new(0);
    let pool = builder(1, 2)
        .replace_after(1)
        .start(async move |_| starts.fetch_add(1, Ordering::SeqCst))
        .build()
        .unwrap();
    let shared = gate.clone();
    let slow = pool.spawn(async move |_| shared.pass().await).await;
    for generation in 1..20 {
        assert_eq!(pool.spawn(async |n| *n).await.await.unwrap(), generation);
    }
    gate.open();
    slow.await.unwrap();
}

#[tokio::test]
async fn terminate_ends_those_that_were_replaced_too() {
    let (values, futures) = (Count::default(), Count::default());
    let counted = values.clone();
    let pool = builder(2, 10)
        .replace_after(2)
        .start(async move |_| counted.one())
        .build()
        .unwrap();
    let (begun, mut begins) = mpsc::unbounded_channel();
    for _ in 0..20 {
        let (held, begun) = (futures.one(), begun.clone());
        let _detached = pool
            .spawn(async move |_| {
                let _held = held;
                begun.send(()).unwrap();
                std::future::pending::<()>().await;
            })
            .await;
    }
    for _ in 0..20 {
        begins.recv().await.unwrap();
    }
    pool.terminate().await;
    assert_eq!((futures.now(), values.now()), (0, 0));
}
