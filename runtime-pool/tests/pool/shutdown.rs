//! Close finishes, terminate aborts, drop signals. None of them leaves anything behind.

use std::sync::mpsc as std_mpsc;
use std::thread;
use std::time::Duration;

use futures_util::{poll, stream};
use runtime_pool::{RuntimePool, TaskError, TaskHandle};
use tokio::sync::mpsc;

use crate::common::{Count, Counted, Gate, PanicOnDrop, SendOnDrop, builder, pool};

/// A pool with all its permits taken by tasks that never end, half of them in flight and half
/// in the queue of a runtime, which is blocked until the sender is dropped. Its values are
/// counted, and so are the futures.
async fn busy(
    values: &Count,
    futures: &Count,
    tasks: usize,
) -> (RuntimePool<Counted>, Vec<TaskHandle<()>>, std_mpsc::Sender<()>) {
    let values = values.clone();
    let pool = builder(1, tasks).start(async move |_| values.one()).build().unwrap();
    let (begun, mut signals) = mpsc::unbounded_channel();
    let mut handles = Vec::new();
    let mut submit = async |before: Box<dyn FnOnce() + Send>| {
        let (begun, held) = (begun.clone(), futures.one());
        let task = async move |_: &Counted| {
            let _held = held;
            before();
            let _ = begun.send(());
            std::future::pending::<()>().await;
        };
        handles.push(pool.spawn(task).await);
    };
    for _ in 1..tasks / 2 {
        submit(Box::new(|| {})).await;
    }
    let (release, blocked) = std_mpsc::channel::<()>();
    let (blocking, has_blocked) = std_mpsc::channel::<()>();
    submit(Box::new(move || {
        blocking.send(()).unwrap();
        let _ = blocked.recv();
    }))
    .await;
    for _ in 1..tasks / 2 {
        signals.recv().await.unwrap();
    }
    has_blocked.recv().unwrap();
    while futures.now() < tasks {
        submit(Box::new(|| {})).await;
    }
    (pool, handles, release)
}

/// With aiomultiprocess this can hang: the end of the queue is a message in the queue.
#[tokio::test]
async fn terminate_runs_all_destructors_of_a_full_queue() {
    let (values, futures) = (Count::default(), Count::default());
    let (pool, handles, release) = busy(&values, &futures, 1_000).await;
    assert_eq!(futures.now(), 1_000);
    let mut terminate = Box::pin(pool.terminate());
    assert!(poll!(&mut terminate).is_pending());
    drop(release);
    terminate.await;
    assert_eq!(futures.now(), 0, "futures that were not dropped");
    assert_eq!(values.now(), 0, "values that were not dropped");
    for handle in handles {
        assert!(matches!(handle.await, Err(TaskError::Cancelled)));
    }
}

#[test]
fn blocking_terminate_runs_all_destructors() {
    let (values, futures) = (Count::default(), Count::default());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (pool, _handles, release) = runtime.block_on(busy(&values, &futures, 100));
    drop(release);
    pool.blocking_terminate();
    assert_eq!((futures.now(), values.now()), (0, 0));
}

#[tokio::test]
async fn close_finishes_what_was_submitted() {
    let values = Count::default();
    let shared = values.clone();
    let pool = builder(2, 50).start(async move |_| shared.one()).build().unwrap();
    let gate = Gate::closed();
    let mut handles = Vec::new();
    for n in 0..100 {
        let gate = gate.clone();
        handles.push(
            pool.spawn(async move |_| {
                gate.pass().await;
                n
            })
            .await,
        );
    }
    let mut close = Box::pin(pool.close());
    assert!(poll!(&mut close).is_pending());
    let refused = pool.spawn(async |_| ()).await.await;
    assert!(matches!(refused, Err(TaskError::Closed)));
    gate.open();
    close.await;
    assert_eq!(values.now(), 0);
    for (n, handle) in handles.into_iter().enumerate() {
        assert_eq!(handle.await.unwrap(), n);
    }
}

/// One item was refused, and no further one is taken: the input may be endless.
#[tokio::test]
async fn a_map_ends_when_its_pool_is_closed() {
    let pool = pool(1, 2);
    let gate = Gate::closed();
    let shared = gate.clone();
    let mut outcomes = pool.map(0.., async move |(), n: usize| {
        shared.pass().await;
        n
    });
    assert!(poll!(Box::pin(outcomes.next())).is_pending());
    let mut close = Box::pin(pool.close());
    assert!(poll!(&mut close).is_pending());
    gate.open();
    close.await;
    let all = outcomes.await;
    assert!(matches!(all[..], [Ok(0), Ok(1), Err(TaskError::Closed)]), "{all:?}");
}

#[tokio::test]
async fn a_map_that_had_taken_all_is_not_refused_anything() {
    let pool = pool(1, 2);
    let mut outcomes = pool.map(0..2, async |(), n: usize| n);
    assert_eq!(outcomes.next().await.unwrap().unwrap(), 0);
    pool.close().await;
    let rest = outcomes.await;
    assert!(matches!(rest[..], [Ok(1)]), "{rest:?}");
}

/// Nothing is sent any more, and the sender is not dropped.
#[tokio::test]
async fn a_map_that_waits_for_input_ends_with_its_pool() {
    let pool = pool(1, 2);
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let input = stream::poll_fn(move |cx| receiver.poll_recv(cx));
    let mut outcomes = pool.map_stream(input, async |(), n: usize| n);
    sender.send(7).unwrap();
    assert_eq!(outcomes.next().await.unwrap().unwrap(), 7);
    let next = tokio::spawn(async move { outcomes.next().await });
    tokio::task::yield_now().await;
    pool.terminate().await;
    assert!(next.await.unwrap().is_none());
    drop(sender);
}

#[tokio::test]
async fn what_a_map_had_submitted_is_cancelled_by_terminate() {
    let pool = pool(2, 2);
    let mut outcomes =
        pool.map(
            0..10,
            async |(), n| if n < 2 { n } else { std::future::pending().await },
        );
    assert_eq!(outcomes.next().await.unwrap().unwrap(), 0);
    assert_eq!(outcomes.next().await.unwrap().unwrap(), 1);
    assert!(poll!(Box::pin(outcomes.next())).is_pending());
    pool.terminate().await;
    let rest = outcomes.await;
    let cancelled =
        rest.iter().filter(|o| matches!(o, Err(TaskError::Cancelled))).count();
    let closed = rest.iter().filter(|o| matches!(o, Err(TaskError::Closed))).count();
    assert_eq!((cancelled, closed, rest.len()), (4, 1, 5));
}

#[tokio::test]
async fn terminate_refuses_a_task_that_waits_for_a_permit() {
    let pool = pool(1, 1);
    let _first = pool.spawn(async |()| std::future::pending::<()>().await).await;
    let mut second = Box::pin(pool.spawn(async |()| ()));
    assert!(poll!(&mut second).is_pending());
    pool.terminate().await;
    assert!(matches!(second.await.await, Err(TaskError::Closed)));
}

#[tokio::test]
async fn close_refuses_a_task_that_waits_for_a_permit() {
    let pool = pool(1, 1);
    let gate = Gate::closed();
    let shared = gate.clone();
    pool.started().await.unwrap();
    let first = pool.spawn(async move |()| shared.pass().await).await;
    let mut second = Box::pin(pool.spawn(async |()| ()));
    assert!(poll!(&mut second).is_pending());
    let mut close = Box::pin(pool.close());
    assert!(poll!(&mut close).is_pending());
    assert!(matches!(second.await.await, Err(TaskError::Closed)));
    gate.open();
    close.await;
    first.await.unwrap();
}

/// The end has begun, and is not awaited any more.
#[tokio::test]
async fn close_goes_on_when_its_future_is_dropped() {
    let values = Count::default();
    let (dropped, mut signals) = mpsc::unbounded_channel();
    let pool = builder(1, 1)
        .start(async move |_| SendOnDrop(dropped.clone()))
        .build()
        .unwrap();
    let (gate, held) = (Gate::closed(), values.one());
    let shared = gate.clone();
    let _detached = pool
        .spawn(async move |_| {
            let _held = held;
            shared.pass().await;
        })
        .await;
    assert!(poll!(Box::pin(pool.close())).is_pending());
    gate.open();
    signals.recv().await.expect("the value is dropped");
    assert_eq!(values.now(), 0);
}

/// Jobs that are sent at the moment at which their runtime ends.
#[test]
fn terminate_loses_no_outcome_that_is_being_submitted() {
    for round in 0..100 {
        let pool = builder(1, usize::MAX).build().unwrap();
        let submit = || {
            let pool = pool.clone();
            thread::spawn(move || {
                let mut handles = Vec::new();
                loop {
                    let handle = pool.blocking_spawn(async |()| ());
                    let is_refused = handle.is_finished() && handles.len() > 10_000;
                    handles.push(handle);
                    if is_refused {
                        return handles;
                    }
                }
            })
        };
        let threads = [submit(), submit(), submit()];
        thread::sleep(Duration::from_micros(200 + round * 7));
        pool.blocking_terminate();
        for thread in threads {
            let handles = thread.join().unwrap();
            let lost = handles.iter().filter(|handle| !handle.is_finished()).count();
            assert_eq!(lost, 0, "of {} in round {round}", handles.len());
        }
    }
}

/// The tasks are refused one after another, and each panics when it is dropped: in the queue
/// of a runtime that never begins to run them, and in that for permits.
#[tokio::test]
async fn terminate_survives_destructors_that_panic() {
    let pool = builder(1, 3)
        .start(async |_| std::future::pending::<()>().await)
        .build()
        .unwrap();
    let spawn = || {
        let panics = PanicOnDrop;
        pool.spawn(async move |(): &()| {
            let _panics = panics;
        })
    };
    let handles = [spawn().await, spawn().await, spawn().await];
    let mut waiting = [Box::pin(spawn()), Box::pin(spawn())];
    for spawn in &mut waiting {
        assert!(poll!(spawn).is_pending());
    }
    pool.terminate().await;
    for handle in handles {
        assert!(matches!(handle.await, Err(TaskError::Cancelled)));
    }
    for spawn in waiting {
        assert!(matches!(spawn.await.await, Err(TaskError::Closed)));
    }
}

/// And so does close, where it is the value of a runtime: it does not wait for blocking calls
/// then either.
#[tokio::test]
async fn close_survives_a_value_that_panics() {
    let pool = builder(1, 1).start(async |_| PanicOnDrop).build().unwrap();
    let (release, blocked) = std_mpsc::channel::<()>();
    let (begun, mut signals) = mpsc::unbounded_channel();
    let blocking = async move |_: &PanicOnDrop| {
        drop(tokio::task::spawn_blocking(move || {
            begun.send(()).unwrap();
            blocked.recv()
        }));
    };
    pool.spawn(blocking).await.await.unwrap();
    signals.recv().await.unwrap();
    pool.close().await;
    release.send(()).unwrap();
}

#[tokio::test]
async fn close_does_not_wait_for_a_start_without_tasks() {
    let pool = builder(1, 1)
        .start(async |_| std::future::pending::<()>().await)
        .build()
        .unwrap();
    pool.close().await;
}

/// A map that waits for input has no permit, so there is nothing to finish.
#[tokio::test]
async fn close_does_not_wait_for_input() {
    let pool = pool(1, 1);
    let mut outcomes = pool.map_stream(stream::pending::<u32>(), async |(), n| n);
    assert!(poll!(Box::pin(outcomes.next())).is_pending());
    pool.close().await;
}

/// The task blocks its thread until the pool has been dropped.
#[tokio::test]
async fn drop_signals_and_does_not_block() {
    let pool = pool(1, 2);
    let (begun, mut signals) = mpsc::unbounded_channel();
    let (release, blocked) = std_mpsc::channel::<()>();
    let last = SendOnDrop(begun.clone());
    let handle = pool
        .spawn(async move |()| {
            let _last = last;
            begun.send(()).unwrap();
            blocked.recv().unwrap();
            std::future::pending::<()>().await;
        })
        .await;
    signals.recv().await.unwrap();
    drop(pool);
    release.send(()).unwrap();
    signals.recv().await.expect("the destructor runs");
    assert!(matches!(handle.await, Err(TaskError::Cancelled)));
}

#[tokio::test]
async fn a_stream_keeps_its_pool() {
    let outcomes = pool(2, 2).map(0..10, async |(), n| n);
    assert!(outcomes.await.into_iter().map(Result::unwrap).eq(0..10));
}

#[tokio::test]
async fn a_task_can_end_its_pool() {
    for terminate in [false, true] {
        let pool = pool(1, 1);
        let inner = pool.clone();
        let outcome = pool
            .spawn(async move |()| {
                if terminate {
                    inner.terminate().await;
                } else {
                    inner.close().await;
                }
                "still here"
            })
            .await
            .await;
        assert_eq!(outcome.unwrap(), "still here");
        let refused = pool.spawn(async |()| ()).await.await;
        assert!(matches!(refused, Err(TaskError::Closed)), "{refused:?}");
        pool.close().await;
    }
}

/// The last handle is dropped by a task, on a thread of the pool.
#[tokio::test]
async fn a_task_can_be_the_last_to_hold_the_pool() {
    let pool = pool(1, 1);
    let inner = pool.clone();
    let gate = Gate::closed();
    let shared = gate.clone();
    let handle = pool
        .spawn(async move |()| {
            shared.pass().await;
            drop(inner);
        })
        .await;
    drop(pool);
    gate.open();
    handle.await.unwrap();
}

/// `spawn_blocking` can't be aborted.
#[tokio::test]
async fn terminate_does_not_wait_for_a_blocking_call() {
    let pool = pool(1, 1);
    let (begun, mut signals) = mpsc::unbounded_channel();
    let (release, blocked) = std_mpsc::channel::<()>();
    let handle = pool
        .spawn(async move |()| {
            let call = tokio::task::spawn_blocking(move || {
                begun.send(()).unwrap();
                blocked.recv()
            });
            drop(call.await);
        })
        .await;
    signals.recv().await.unwrap();
    pool.terminate().await;
    assert!(matches!(handle.await, Err(TaskError::Cancelled)));
    release.send(()).unwrap();
}

#[tokio::test]
async fn both_ends_can_be_repeated_and_mixed() {
    let pool = pool(2, 2);
    let _pending = pool.spawn(async |()| std::future::pending::<()>().await).await;
    let other = pool.clone();
    let closing = tokio::spawn(async move { other.close().await });
    tokio::task::yield_now().await;
    pool.terminate().await;
    closing.await.unwrap();
    pool.close().await;
    pool.terminate().await;
}
