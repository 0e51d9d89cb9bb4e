//! The start function: its value is lent to each task, and its failure is an outcome.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::poll;
use runtime_pool::{RuntimePool, TaskError};
use tokio::sync::mpsc;
use tokio::task::yield_now;

use crate::common::{Count, Gate, builder};

#[derive(Debug, thiserror::Error)]
#[error("runtime {0} does not start")]
struct StartFailure(usize);

fn failed_runtime(error: &TaskError) -> Option<usize> {
    match error {
        TaskError::StartFailed(why) => {
            why.downcast_ref::<StartFailure>().map(|it| it.0)
        }
        _ => None,
    }
}

/// Neither the values nor the futures that hold them across an await are `Send`.
#[tokio::test]
async fn each_runtime_has_a_value_of_its_own() {
    let pool = builder(3, 2)
        .start(async |runtime| {
            yield_now().await;
            Rc::new((runtime, Cell::new(0)))
        })
        .build()
        .unwrap();
    let outcomes = pool.map(0..12, async |value, _| {
        let value = Rc::clone(value);
        yield_now().await;
        value.1.set(value.1.get() + 1);
        (value.0, value.1.get())
    });
    let mut seen: Vec<_> = outcomes.await.into_iter().map(Result::unwrap).collect();
    seen.sort_unstable();
    let runtimes: Vec<_> = seen.iter().map(|(runtime, _)| *runtime).collect();
    assert!(runtimes.iter().all(|runtime| *runtime < 3), "{runtimes:?}");
    // Each runtime counted its own tasks from 1.
    for runtime in 0..3 {
        let counts =
            seen.iter().filter(|(r, _)| *r == runtime).map(|(_, count)| *count);
        let counts: Vec<_> = counts.collect();
        assert!(counts.iter().copied().eq(1..=counts.len()), "{counts:?}");
    }
}

#[tokio::test]
async fn a_start_that_fails_costs_the_tasks_of_its_runtime() {
    let running = Count::default();
    let pool = builder(2, 3)
        .try_start(async |runtime| match runtime {
            0 => Err(StartFailure(runtime)),
            _ => Ok(runtime),
        })
        .build()
        .unwrap();
    let shared = running.clone();
    let outcomes = pool.map(0..100, async move |_, _| {
        let _running = shared.one();
        yield_now().await;
        shared.now()
    });
    let outcomes = outcomes.await;
    assert_eq!(outcomes.len(), 100);
    let failed = outcomes
        .iter()
        .filter(|o| o.as_ref().is_err_and(|e| failed_runtime(e) == Some(0)));
    // No more than it could be given before it was known.
    let failed = failed.count();
    assert!(failed <= 3, "{failed} failed");
    let most = outcomes.iter().filter_map(|o| o.as_ref().ok()).max().unwrap();
    assert!(*most <= 3, "{most} at a time on a runtime for 3");
    assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count() + failed, 100);
}

#[tokio::test]
async fn a_start_that_fails_everywhere_hangs_nobody() {
    let pool = builder(3, 2)
        .try_start(async |runtime| Err::<(), _>(StartFailure(runtime)))
        .build()
        .unwrap();
    let outcomes = pool.map(0.., async |(), n: u32| n).await;
    // Those that were taken before it was known, and the one that was refused.
    assert!((1..=7).contains(&outcomes.len()), "{} outcomes", outcomes.len());
    assert!(
        outcomes.iter().all(|o| failed_runtime(o.as_ref().unwrap_err()).is_some())
    );
    let error = pool.spawn(async |()| ()).await.await.unwrap_err();
    assert!(failed_runtime(&error).is_some(), "{error}");
    pool.close().await;
    let error = pool.spawn(async |()| ()).await.await.unwrap_err();
    assert!(failed_runtime(&error).is_some(), "{error}");
}

#[tokio::test]
async fn the_message_of_a_start_that_panics_is_reported() {
    let pool =
        builder(1, 2).start(async |_| assert!(1 > 2, "no pot")).build().unwrap();
    let error = pool.spawn(async |()| ()).await.await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the start function of the runtime failed: no pot"
    );
}

#[tokio::test]
async fn so_is_why_a_runtime_cannot_be_built() {
    let pool = builder(1, 2)
        .configure_runtime(|_| panic!("no such setting"))
        .build()
        .unwrap();
    let error = pool.spawn(async |()| ()).await.await.unwrap_err();
    assert!(error.to_string().ends_with("no such setting"), "{error}");
}

/// The start fails between the moment at which the task has its permit and that at which it
/// could be run.
#[tokio::test]
async fn a_task_of_a_failed_runtime_gets_the_failure() {
    let gate = Gate::closed();
    let in_start = gate.clone();
    let pool = builder(2, 1)
        .try_start(async move |runtime| match runtime {
            0 => {
                in_start.pass().await;
                Err(StartFailure(runtime))
            }
            _ => Ok(()),
        })
        .build()
        .unwrap();
    let handle = pool.spawn(async |()| ()).await;
    gate.open();
    assert_eq!(failed_runtime(&handle.await.unwrap_err()), Some(0));
    // The pool is not closed, and one runtime has not failed.
    pool.spawn(async |()| ()).await.await.unwrap();
    pool.close().await;
    let refused = pool.spawn(async |()| ()).await.await;
    assert!(matches!(refused, Err(TaskError::Closed)), "{refused:?}");
}

/// A hook of Tokio's that panics ends a thread that had started.
#[tokio::test]
async fn a_thread_that_has_ended_counts_as_failed() {
    let (reported, errors) = std::sync::mpsc::channel();
    let pool = builder(1, 2)
        .on_error(move |error| reported.send(error.to_string()).unwrap())
        .configure_runtime(|runtime| {
            runtime.on_thread_park(|| panic!("a hook"));
        })
        .build()
        .unwrap();
    // The first ones may be there before it parks. The input is endless, the map is not.
    let outcomes =
        pool.map(0.., async |(), _: u32| std::future::pending::<()>().await).await;
    assert!(outcomes.iter().all(Result::is_err), "{outcomes:?}");
    let error = pool.spawn(async |()| ()).await.await.unwrap_err();
    assert!(error.to_string().ends_with("its thread has panicked"), "{error}");
    assert!(errors.try_iter().any(|reported| reported == error.to_string()));
}

/// Its predecessor still has the only permit.
#[tokio::test]
async fn a_task_that_waits_for_a_permit_gets_the_failure_of_a_successor() {
    let starts = AtomicUsize::new(0);
    let (gate, fail) = (Gate::closed(), Gate::closed());
    let failing = fail.clone();
    let pool = builder(1, 1)
        .replace_after(1)
        .try_start(async move |_| match starts.fetch_add(1, Ordering::SeqCst) {
            0 => Ok(()),
            n => {
                failing.pass().await;
                Err(StartFailure(n))
            }
        })
        .build()
        .unwrap();
    let shared = gate.clone();
    let first = pool.spawn(async move |()| shared.pass().await).await;
    let mut second = Box::pin(pool.spawn(async |()| ()));
    assert!(poll!(&mut second).is_pending());
    fail.open();
    assert_eq!(failed_runtime(&second.await.await.unwrap_err()), Some(1));
    gate.open();
    first.await.unwrap();
}

#[tokio::test]
async fn a_start_that_fails_on_replacement_hangs_nobody() {
    let starts = AtomicUsize::new(0);
    let pool = builder(1, 2)
        .replace_after(5)
        .try_start(async move |_| match starts.fetch_add(1, Ordering::SeqCst) {
            0 => Ok(()),
            n => Err(StartFailure(n)),
        })
        .build()
        .unwrap();
    let outcomes = pool.map(0.., async |(), n: u32| n).await;
    let (ok, failed) = outcomes.split_at(5);
    assert!(ok.iter().map(|o| *o.as_ref().unwrap()).eq(0..5));
    assert!(
        failed.iter().all(|o| failed_runtime(o.as_ref().unwrap_err()) == Some(1))
    );
    // Two may have been in its queue, and one was refused.
    assert!((1..=3).contains(&failed.len()), "{} failed", failed.len());
}

#[tokio::test]
async fn the_hook_is_called_for_a_failed_start_without_tasks() {
    let (reported, mut errors) = mpsc::unbounded_channel();
    let pool = builder(2, 2)
        .on_error(move |error| reported.send(failed_runtime(error)).unwrap())
        .try_start(async |runtime| match runtime {
            1 => Err(StartFailure(runtime)),
            _ => Ok(()),
        })
        .build()
        .unwrap();
    assert_eq!(errors.recv().await.unwrap(), Some(1));
    let outcomes = pool.map(0..10, async |(), n| n).await;
    assert!(outcomes.iter().all(Result::is_ok));
    drop(pool);
    assert_eq!(errors.recv().await, None, "it is reported once");
}

/// It costs tasks their outcome, and yet it is one failure.
#[tokio::test]
async fn the_hook_is_called_once_for_a_failed_start() {
    let reported = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&reported);
    let pool = builder(1, 5)
        .on_error(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
        })
        .try_start(async |runtime| Err::<(), _>(StartFailure(runtime)))
        .build()
        .unwrap();
    for _ in 0..5 {
        pool.spawn(async |()| ()).await.await.unwrap_err();
    }
    assert_eq!(reported.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn started_waits_for_all_runtimes_or_the_first_failure() {
    let gate = Gate::closed();
    let shared = gate.clone();
    let pool = builder(3, 1)
        .start(async move |runtime| {
            if runtime == 2 {
                shared.pass().await;
            }
        })
        .build()
        .unwrap();
    let mut started = Box::pin(pool.started());
    // The others have started, since they have run tasks.
    for _ in 0..2 {
        pool.spawn(async |()| ()).await.await.unwrap();
    }
    assert!(poll!(&mut started).is_pending());
    gate.open();
    started.await.unwrap();

    // One never starts, and one fails.
    let pool = builder(2, 1)
        .try_start(async |runtime| match runtime {
            0 => std::future::pending().await,
            _ => Err::<(), _>(StartFailure(runtime)),
        })
        .build()
        .unwrap();
    let error = pool.started().await.unwrap_err();
    assert_eq!(failed_runtime(&error), Some(1));

    let pool =
        builder(1, 1).start(async |_| std::future::pending().await).build().unwrap();
    let pool: RuntimePool = pool;
    pool.terminate().await;
    assert!(matches!(pool.started().await, Err(TaskError::Closed)));
}

#[tokio::test]
async fn a_start_that_never_ends_can_be_terminated() {
    let values = Count::default();
    let (begun, shared) = (Gate::closed(), values.clone());
    let in_start = begun.clone();
    let pool = builder(1, 2)
        .start(async move |_| {
            let _value = shared.one();
            in_start.open();
            std::future::pending::<()>().await;
        })
        .build()
        .unwrap();
    // They stand in the queue of a runtime that never gets to them.
    let handles = [pool.spawn(async |()| ()).await, pool.spawn(async |()| ()).await];
    begun.pass().await;
    pool.terminate().await;
    assert_eq!(values.now(), 0, "it was dropped");
    for handle in handles {
        assert!(matches!(handle.await, Err(TaskError::Cancelled)));
    }
}

/// Tokio's `spawn_local` works in a start function and in a task, as does what needs timers.
#[tokio::test]
async fn start_and_tasks_are_inside_the_runtime() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let shared = Arc::clone(&log);
    let pool = builder(1, 1)
        .start(async move |_| {
            let log = Arc::clone(&shared);
            tokio::task::spawn_local(
                async move { log.lock().unwrap().push("start") },
            )
            .await
            .unwrap();
            shared.clone()
        })
        .build()
        .unwrap();
    pool.spawn(async |log| {
        let local = Rc::new(Arc::clone(log));
        tokio::task::spawn_local(async move { local.lock().unwrap().push("task") })
            .await
            .unwrap();
        tokio::time::sleep(std::time::Duration::from_nanos(1)).await;
    })
    .await
    .await
    .unwrap();
    assert_eq!(log.lock().unwrap()[..], ["start", "task"]);
}
