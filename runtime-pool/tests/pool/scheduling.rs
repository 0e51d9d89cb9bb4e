//! Which runtime runs a task, and how many at a time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::poll;
use runtime_pool::{Builder, LeastLoaded, RuntimeLoad, RuntimePool, Scheduler};

use crate::common::{Gate, builder, counted};

const INPUTS: usize = 50;

/// How many tasks each runtime is given before a permit has to be waited for.
async fn first_wave(builder: Builder) -> Vec<usize> {
    let pool = builder.start(async |runtime| runtime).build().unwrap();
    let gate = Gate::closed();
    let taken = AtomicUsize::new(0);
    let input = counted(&taken).take(INPUTS);
    let shared = gate.clone();
    let outcomes = pool.map(input, async move |runtime, _| {
        shared.pass().await;
        *runtime
    });
    let mut outcomes = Box::pin(outcomes.into_future());
    assert!(poll!(&mut outcomes).is_pending());
    // The last one taken has no permit, unless there is no further one.
    let first = match taken.load(Ordering::SeqCst) {
        INPUTS => INPUTS,
        taken => taken - 1,
    };
    gate.open();
    let mut counts = Vec::new();
    for outcome in outcomes.await.into_iter().take(first) {
        let runtime = outcome.unwrap();
        counts.resize(counts.len().max(runtime + 1), 0);
        counts[runtime] += 1;
    }
    counts
}

#[tokio::test]
async fn each_runtime_has_its_limit() {
    assert_eq!(first_wave(builder(3, 4)).await, [4, 4, 4]);
}

#[tokio::test]
async fn a_total_is_split_over_the_runtimes() {
    let total = |tasks| RuntimePool::builder().runtimes(4).total_tasks(tasks);
    assert_eq!(first_wave(total(10)).await, [3, 3, 2, 2]);
    assert_eq!(first_wave(total(2)).await, [1, 1]);
    // No limit that anybody would reach, and none that overflows.
    assert_eq!(first_wave(total(usize::MAX)).await.iter().sum::<usize>(), INPUTS);
    let all = RuntimePool::builder().runtimes(4).tasks_per_runtime(usize::MAX);
    assert_eq!(first_wave(all).await.iter().sum::<usize>(), INPUTS);
}

/// A runtime whose tasks never end is full, and the others take turns without it.
#[tokio::test]
async fn a_full_runtime_is_skipped() {
    let pool = builder(3, 2).start(async |runtime| runtime).build().unwrap();
    let gate = Gate::closed();
    for n in 0..4 {
        let gate = gate.clone();
        let _detached = pool
            .spawn(async move |_| {
                if n % 3 == 0 {
                    gate.pass().await;
                }
            })
            .await;
    }
    let used: Vec<usize> = pool
        .map(0..100, async |runtime, _| *runtime)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert!(!used.contains(&0), "{used:?}");
    assert!(used.contains(&1) && used.contains(&2), "{used:?}");
    gate.open();
}

#[tokio::test]
async fn the_least_loaded_is_the_one_with_the_fewest_tasks() {
    let pool = builder(2, 10)
        .scheduler(LeastLoaded)
        .start(async |runtime| runtime)
        .build()
        .unwrap();
    let gate = Gate::closed();
    let mut on = Vec::new();
    for _ in 0..6 {
        let gate = gate.clone();
        let handle = pool.spawn(async move |runtime| {
            gate.pass().await;
            *runtime
        });
        on.push(handle.await);
    }
    gate.open();
    let mut counts = [0, 0];
    for handle in on {
        counts[handle.await.unwrap()] += 1;
    }
    assert_eq!(counts, [3, 3]);
}

/// What a scheduler is shown: indices, counts and limits.
#[tokio::test]
async fn a_scheduler_sees_who_is_free() {
    struct Recorder(std::sync::mpsc::Sender<Vec<[usize; 3]>>);
    impl Scheduler for Recorder {
        fn pick<'a>(&mut self, free: &'a [RuntimeLoad]) -> &'a RuntimeLoad {
            let loads =
                free.iter().map(|load| [load.index(), load.running(), load.limit()]);
            self.0.send(loads.collect()).unwrap();
            &free[0]
        }
    }
    let (sender, seen) = std::sync::mpsc::channel();
    let seen = Mutex::new(seen);
    let pool = RuntimePool::builder()
        .runtimes(2)
        .total_tasks(3)
        .scheduler(Recorder(sender))
        .build()
        .unwrap();
    let mut handles = Vec::new();
    for _ in 0..3 {
        handles
            .push(pool.spawn(async |()| std::future::pending::<()>().await).await);
    }
    let seen: Vec<_> = seen.lock().unwrap().try_iter().collect();
    assert_eq!(seen[0], [[0, 0, 2], [1, 0, 1]]);
    assert_eq!(seen[1], [[0, 1, 2], [1, 0, 1]]);
    assert_eq!(seen[2], [[1, 0, 1]]);
    pool.terminate().await;
}

/// A result that it has kept from before is invalid.
#[tokio::test]
async fn a_scheduler_can_not_exceed_the_limit() {
    struct First(Option<&'static RuntimeLoad>);
    impl Scheduler for First {
        fn pick<'a>(&mut self, free: &'a [RuntimeLoad]) -> &'a RuntimeLoad {
            self.0.get_or_insert_with(|| Box::leak(Box::new(free[0])))
        }
    }
    assert_eq!(first_wave(builder(3, 4).scheduler(First(None))).await, [4, 4, 4]);
}

#[tokio::test]
async fn a_scheduler_that_panics_stops_nobody() {
    struct Broken;
    impl Scheduler for Broken {
        fn pick<'a>(&mut self, _: &'a [RuntimeLoad]) -> &'a RuntimeLoad {
            panic!("no choice");
        }
    }
    let pool = builder(2, 1).scheduler(Broken).build().unwrap();
    let outcomes = pool.map(0..10, async |(), n| n).await;
    assert!(outcomes.into_iter().map(Result::unwrap).eq(0..10));
}

/// What tasks submit themselves is a load too.
#[tokio::test]
async fn nested_tasks_count_as_load() {
    let pool = builder(2, 4)
        .scheduler(LeastLoaded)
        .start(async |runtime| runtime)
        .build()
        .unwrap();
    let (inner, gate) = (pool.clone(), Gate::closed());
    let nested = pool.spawn(async move |_| {
        let mut handles = Vec::new();
        for _ in 0..3 {
            let gate = gate.clone();
            let task = async move |runtime: &usize| {
                gate.pass().await;
                *runtime
            };
            handles.push(inner.spawn(task).await);
        }
        gate.open();
        let mut used = Vec::new();
        for handle in handles {
            used.push(handle.await.unwrap());
        }
        used
    });
    assert_eq!(nested.await.await.unwrap(), [1, 0, 1]);
}

/// A runtime without a permit would be a thread that never does anything.
#[tokio::test]
async fn no_more_runtimes_are_started_than_tasks() {
    let starts = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&starts);
    let pool = RuntimePool::builder()
        .runtimes(4)
        .total_tasks(2)
        .start(async move |_| count.fetch_add(1, Ordering::SeqCst))
        .build()
        .unwrap();
    pool.started().await.unwrap();
    pool.close().await;
    assert_eq!(starts.load(Ordering::SeqCst), 2);
}

#[test]
fn a_pool_without_runtimes_or_tasks_is_refused() {
    let new = RuntimePool::builder;
    for (builder, what) in [
        (new().runtimes(0), "runtimes"),
        (new().tasks_per_runtime(0), "tasks_per_runtime"),
        (new().total_tasks(0), "total_tasks"),
        (new().replace_after(0), "replace_after"),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
        assert_eq!(error.to_string(), format!("{what}: a pool needs at least 1"));
    }
}
