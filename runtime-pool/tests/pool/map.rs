//! Input is taken as permits free up; outcomes come in order, or first done first.

use std::iter;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use futures_util::{StreamExt, poll, stream};
use runtime_pool::{Outcome, TaskError};
use tokio::sync::{Barrier, mpsc};
use tokio::task::yield_now;
use tokio::time::sleep;

use crate::common::{
    Count, Counted, Gate, SendOnDrop, builder, counted, pool, with_paused_clock,
};

fn values<R>(outcomes: Vec<Outcome<R>>) -> Vec<R> {
    outcomes.into_iter().map(Result::unwrap).collect()
}

/// With aiomultiprocess all three arrive after the slowest.
#[tokio::test]
async fn first_done_comes_first() {
    let pool = with_paused_clock().build().unwrap();
    let jobs = [2_000, 100, 100];
    // The clock stands still until all three have begun.
    let all = Arc::new(Barrier::new(jobs.len()));
    let job = async move |(): &(), millis| {
        all.wait().await;
        sleep(Duration::from_millis(millis)).await;
        millis
    };
    let unordered = pool.map_unordered(jobs, job.clone()).await;
    assert_eq!(values(unordered), [100, 100, 2_000]);
    let ordered = pool.map(jobs, job).await;
    assert_eq!(values(ordered), [2_000, 100, 100]);
}

#[tokio::test]
async fn a_slow_runtime_holds_back_no_other() {
    let pool = pool(3, 1);
    let gate = Gate::closed();
    let shared = gate.clone();
    let mut outcomes = pool.map_unordered(0..3, async move |(), n| {
        if n == 0 {
            shared.pass().await;
        }
        n
    });
    let mut early = [
        outcomes.next().await.unwrap().unwrap(),
        outcomes.next().await.unwrap().unwrap(),
    ];
    early.sort_unstable();
    assert_eq!(early, [1, 2]);
    gate.open();
    assert_eq!(outcomes.next().await.unwrap().unwrap(), 0);
    assert!(outcomes.next().await.is_none());
}

#[tokio::test]
async fn order_is_kept_across_runtimes() {
    let outcomes = pool(4, 8).map(0..5_000_u32, async |(), n| {
        for _ in 0..n % 5 {
            yield_now().await;
        }
        n
    });
    assert!(values(outcomes.await).into_iter().eq(0..5_000));
}

#[tokio::test]
async fn input_is_taken_as_permits_free_up() {
    let pool = pool(2, 3);
    let gate = Gate::closed();
    let taken = AtomicUsize::new(0);
    let input = counted(&taken);
    let shared = gate.clone();
    let mut outcomes =
        pool.map_unordered(input, async move |(), _| shared.pass().await);
    assert_eq!(taken.load(Ordering::SeqCst), 0, "before the first poll");
    assert!(poll!(Box::pin(outcomes.next())).is_pending());
    assert_eq!(taken.load(Ordering::SeqCst), 7, "one for each permit, and the next");
    gate.open_for(1);
    outcomes.next().await.unwrap().unwrap();
    assert!(poll!(Box::pin(outcomes.next())).is_pending());
    assert_eq!(taken.load(Ordering::SeqCst), 8, "one more permit");
}

/// What is done waits for the first one, which is not: only so much of it is kept.
#[tokio::test]
async fn an_endless_input_is_not_taken_far_ahead() {
    let pool = pool(2, 3);
    let gate = Gate::closed();
    let taken = AtomicUsize::new(0);
    let input = counted(&taken);
    let shared = gate.clone();
    let mut outcomes = pool.map(input, async move |(), n: usize| {
        if n == 0 {
            shared.pass().await;
        }
        n
    });
    while taken.load(Ordering::SeqCst) < 12 {
        assert!(poll!(Box::pin(outcomes.next())).is_pending());
        yield_now().await;
    }
    // All but the first will be done soon, and their permits free.
    for _ in 0..1_000 {
        assert!(poll!(Box::pin(outcomes.next())).is_pending());
        yield_now().await;
    }
    assert_eq!(taken.load(Ordering::SeqCst), 12, "twice as many as permits");
    gate.open();
    for n in 0..100 {
        assert_eq!(outcomes.next().await.unwrap().unwrap(), n);
    }
}

/// When an outcome is received, its permit is free.
#[tokio::test]
async fn a_permit_is_free_when_its_outcome_is_there() {
    let pool = pool(1, 1);
    for n in 0..3_000 {
        let spawn = poll!(Box::pin(pool.spawn(async |()| ())));
        let Poll::Ready(handle) = spawn else { panic!("task {n} waits") };
        handle.await.unwrap();
    }
}

/// Its end is no work, so it needs no permit.
#[tokio::test]
async fn a_map_without_input_ends_where_all_permits_are_taken() {
    let pool = pool(1, 1);
    let mut one = pool.map([1], async |(), n| n);
    one.next().await.unwrap().unwrap();
    let _forever = pool.spawn(async |()| std::future::pending::<()>().await).await;
    assert!(one.next().await.is_none());
    assert!(pool.map([0; 0], async |(), n| n).await.is_empty());
}

/// Permits are first come, first served, and no future has to be polled for its own.
#[tokio::test]
async fn a_future_that_is_not_polled_holds_up_nobody() {
    let pool = pool(1, 1);
    let gate = Gate::closed();
    let shared = gate.clone();
    let first = pool.spawn(async move |()| shared.pass().await).await;
    let mut not_polled = Box::pin(pool.spawn(async |()| 2));
    assert!(poll!(&mut not_polled).is_pending());
    let mut map = pool.map(0..10, async |(), n| n);
    assert!(poll!(Box::pin(map.next())).is_pending());
    gate.open();
    first.await.unwrap();
    assert_eq!(pool.spawn(async |()| 3).await.await.unwrap(), 3);
    assert_eq!(not_polled.await.await.unwrap(), 2);
    assert_eq!(map.await.len(), 10);
}

#[tokio::test]
async fn those_that_wait_are_served_in_the_order_in_which_they_came() {
    let pool = pool(1, 1);
    let gate = Gate::closed();
    let shared = gate.clone();
    let first = pool.spawn(async move |()| shared.pass().await).await;
    let (served, mut order) = mpsc::unbounded_channel();
    let mut waiting = Vec::new();
    for n in 0..10 {
        let served = served.clone();
        let mut spawn =
            Box::pin(pool.spawn(async move |()| served.send(n).unwrap()));
        assert!(poll!(&mut spawn).is_pending());
        waiting.push(spawn);
    }
    gate.open();
    first.await.unwrap();
    for n in 0..10 {
        assert_eq!(order.recv().await.unwrap(), n);
    }
}

/// Every second permit is for the one task, and not for the map with an endless supply.
#[tokio::test]
async fn a_map_does_not_starve_others() {
    let pool = pool(1, 1);
    let mut endless = pool.map(0.., async |(), n: u64| n);
    endless.next().await.unwrap().unwrap();
    // They are polled by turns, the map first.
    let mut spawn = Box::pin(pool.spawn(async |()| ()));
    let mut ran = 0;
    while poll!(&mut spawn).is_pending() {
        endless.next().await.unwrap().unwrap();
        ran += 1;
    }
    assert!(ran <= 4, "{ran} tasks of the map went first");
}

/// A future that is dropped while it waits drops its task: it is not run, and it neither
/// takes memory nor keeps the pool alive.
#[tokio::test]
async fn a_spawn_that_is_given_up_is_gone() {
    let values = Count::default();
    let counted = values.clone();
    let pool = builder(1, 1).start(async move |_| counted.one()).build().unwrap();
    let (begun, mut begins) = mpsc::unbounded_channel();
    let stuck = async move |_: &Counted| {
        begun.send(()).unwrap();
        std::future::pending::<()>().await;
    };
    let _detached = pool.spawn(stuck).await;
    begins.recv().await.unwrap();
    let held = Count::default();
    for _ in 0..100 {
        let (inner, one) = (pool.clone(), held.one());
        let mut given_up = Box::pin(pool.spawn(async move |_| drop((inner, one))));
        assert!(poll!(&mut given_up).is_pending());
        assert_eq!(held.now(), 1);
        drop(given_up);
        assert_eq!(held.now(), 0);
    }
    let inner = pool.clone();
    let mut map = pool.map(0..10, async move |_, n: usize| drop((inner.clone(), n)));
    assert!(poll!(Box::pin(map.next())).is_pending());
    drop(map);
    drop(pool);
    while values.now() > 0 {
        yield_now().await;
    }
}

/// One permit, and the second map waits for what the first one does with it.
#[tokio::test]
async fn no_permit_is_kept_while_there_is_no_input() {
    let pool = pool(1, 1);
    let first = pool.map(0..10, async |(), n| n);
    let second = pool.map_stream(first, async |(), n: Outcome<u32>| n.unwrap() + 1);
    assert!(values(second.await).into_iter().eq(1..11));
}

#[tokio::test]
async fn a_stream_is_input_too() {
    let pool = pool(2, 2);
    let (sender, mut receiver) = mpsc::channel(1);
    let input = stream::poll_fn(move |cx| receiver.poll_recv(cx));
    let send = async move {
        for n in 0..100_u32 {
            sender.send(n).await.unwrap();
            yield_now().await;
        }
    };
    let outcomes = pool.map_stream_unordered(input, async |(), n| n);
    let (outcomes, ()) = tokio::join!(outcomes, send);
    let mut all = values(outcomes);
    all.sort_unstable();
    assert!(all.into_iter().eq(0..100));
}

#[tokio::test]
async fn dropping_the_stream_cancels_what_is_in_flight() {
    let pool = pool(2, 2);
    let (dropped, mut drops) = mpsc::unbounded_channel();
    let started = Arc::new(AtomicUsize::new(0));
    let (all, seen) = (Arc::new(Barrier::new(5)), Arc::clone(&started));
    let barrier = Arc::clone(&all);
    let mut outcomes = pool.map(0.., async move |(), _: u32| {
        let _signal = SendOnDrop(dropped.clone());
        seen.fetch_add(1, Ordering::SeqCst);
        barrier.wait().await;
        std::future::pending::<()>().await;
    });
    assert!(poll!(Box::pin(outcomes.next())).is_pending());
    all.wait().await;
    drop(outcomes);
    for _ in 0..4 {
        drops.recv().await.unwrap();
    }
    // The task function itself is gone, so nothing runs or will run any more.
    assert!(drops.recv().await.is_none());
    assert_eq!(started.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn next_can_be_dropped_without_loss() {
    let pool = pool(2, 4);
    let mut outcomes = pool.map(0..500, async |(), n| n);
    let mut all = Vec::new();
    loop {
        tokio::select! {
            biased;
            () = yield_now() => {}
            outcome = outcomes.next() => match outcome {
                Some(outcome) => all.push(outcome.unwrap()),
                None => break,
            },
        }
    }
    assert!(all.into_iter().eq(0..500));
}

#[tokio::test]
async fn a_chunk_runs_one_after_another_and_each_has_its_outcome() {
    let pool = builder(1, 2).build().unwrap();
    let running = Count::default();
    let shared = running.clone();
    let outcomes = pool.map(0..20, async move |(), n| {
        let _running = shared.one();
        yield_now().await;
        assert!(n != 7, "seven");
        shared.now()
    });
    let outcomes = outcomes.chunks(NonZeroUsize::new(5).unwrap()).await;
    assert_eq!(outcomes.len(), 20);
    for (n, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            Ok(running) => assert!(running <= 2, "{running} at a time"),
            Err(TaskError::Panicked(message)) => {
                assert_eq!((n, message.as_str()), (7, "seven"));
            }
            Err(other) => panic!("{n}: {other}"),
        }
    }
}

/// A chunk that is cut off in the middle loses neither what was done nor what was not.
#[tokio::test]
async fn a_chunk_that_is_cut_off_accounts_for_all() {
    let pool = pool(1, 1);
    let (begun, mut third) = mpsc::unbounded_channel();
    let outcomes = pool.map(0..5, async move |(), n| {
        if n == 2 {
            begun.send(()).unwrap();
            std::future::pending::<()>().await;
        }
        n
    });
    let all =
        tokio::spawn(async { outcomes.chunks(NonZeroUsize::new(5).unwrap()).await });
    third.recv().await.unwrap();
    pool.terminate().await;
    let all = all.await.unwrap();
    assert!(matches!(
        all[..],
        [
            Ok(0),
            Ok(1),
            Err(TaskError::Cancelled),
            Err(TaskError::Cancelled),
            Err(TaskError::Cancelled),
        ]
    ));
}

/// An iterator that goes on after its end is not asked again.
#[tokio::test]
async fn an_input_that_has_ended_is_not_taken_again() {
    let pool = pool(1, 4);
    let mut n = 0;
    let input = iter::from_fn(|| {
        n += 1;
        (n % 4 != 0).then_some(n)
    });
    let outcomes = pool.map(input, async |(), n: u32| n);
    let outcomes = outcomes.chunks(NonZeroUsize::new(10).unwrap()).await;
    assert_eq!(values(outcomes), [1, 2, 3]);
}

/// A chunk is what is there: an input that has one item at a time is not waited for.
#[tokio::test]
async fn a_chunk_does_not_wait_to_be_full() {
    let pool = pool(1, 1);
    let (sender, mut receiver) = mpsc::channel(1);
    let input = stream::poll_fn(move |cx| receiver.poll_recv(cx));
    let mut outcomes = pool
        .map_stream(input, async |(), n: u32| n)
        .chunks(NonZeroUsize::new(100).unwrap());
    for n in 0..3 {
        sender.send(n).await.unwrap();
        assert_eq!(outcomes.next().await.unwrap().unwrap(), n);
    }
}

#[tokio::test]
async fn progress_can_be_watched_from_elsewhere() {
    let pool = pool(2, 2);
    let mut outcomes = pool.map(0..10, async |(), n| assert!(n % 5 != 0));
    let mut progress = outcomes.progress();
    let watch = tokio::spawn(async move {
        while progress.changed().await.is_ok() {}
        *progress.borrow()
    });
    while outcomes.next().await.is_some() {}
    // The stream is still there, and yet the watcher knows that it has ended.
    let end = watch.await.unwrap();
    assert_eq!((end.finished, end.failed), (10, 2));
    // A late subscriber sees the end too.
    let mut late = outcomes.progress();
    assert!(late.changed().await.is_err());
    assert_eq!(*late.borrow(), end);
}

/// Else it would be unknown which task has no result.
#[tokio::test]
async fn an_outcome_can_have_the_index_of_its_input() {
    let pool = pool(2, 3);
    for chunk in [1, 4] {
        let outcomes = pool.map_unordered(100..200, async |(), n| {
            for _ in 0..n % 7 {
                yield_now().await;
            }
            assert!(n % 10 != 0);
            n
        });
        let mut outcomes = outcomes.chunks(NonZeroUsize::new(chunk).unwrap());
        let mut seen = Vec::new();
        while let Some((index, outcome)) = outcomes.next_with_index().await {
            match outcome {
                Ok(n) => assert_eq!(n, index + 100),
                Err(_) => assert_eq!(index % 10, 0),
            }
            seen.push(index);
        }
        seen.sort_unstable();
        assert!(seen.into_iter().eq(0..100));
    }
}

#[test]
fn sync_code_iterates() {
    let pool = pool(2, 2);
    // The input may borrow, and need not be `'static`.
    let drops = [String::from("a"), String::from("bc")];
    let lengths =
        pool.map(drops.iter().map(String::len), async |(), n| n).blocking();
    assert_eq!(values(lengths.collect()), [1, 2]);
    assert_eq!(pool.map_unordered([0; 0], async |(), n| n).blocking().count(), 0);
}

/// The outcomes of one map are the input of another, and neither is async.
#[test]
fn sync_maps_can_be_chained() {
    let pool = pool(1, 1);
    let first = pool.map(0..10, async |(), n| n).blocking().map(Result::unwrap);
    let second = pool.map(first, async |(), n| n + 1).blocking();
    assert!(values(second.collect()).into_iter().eq(1..11));
}

/// A task of Tokio's may only poll so often before it is made to yield, which blocking code
/// never does.
#[tokio::test]
async fn blocking_in_another_runtime_blocks_and_ends() {
    let pool = pool(2, 4);
    assert_eq!(pool.map(0..1_000, async |(), n| n).blocking().count(), 1_000);
    for _ in 0..1_000 {
        pool.blocking_spawn(async |()| ()).await.unwrap();
    }
    pool.blocking_close();
}

#[tokio::test]
async fn blocking_on_a_thread_of_the_pool_is_refused() {
    let pool = pool(1, 1);
    let inner = pool.clone();
    let outcome = pool
        .spawn(async move |()| inner.map(0..2, async |(), n| n).blocking().count())
        .await
        .await;
    let Err(TaskError::Panicked(message)) = outcome else { panic!("{outcome:?}") };
    assert!(
        message.starts_with("this would block a runtime of the pool"),
        "{message}"
    );
}

#[tokio::test]
async fn outcomes_are_a_stream_like_any_other() {
    let pool = pool(2, 2);
    let sum = pool
        .map(0..10, async |(), n| n)
        .take(5)
        .fold(0, async |sum, n| sum + n.unwrap())
        .await;
    assert_eq!(sum, 10);
}
