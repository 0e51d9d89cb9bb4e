//! Each task has one outcome, and costs no other task its own.

use std::num::ParseIntError;
use std::panic::panic_any;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use runtime_pool::{RuntimePool, TaskError, TaskHandle};
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::common::{
    Gate, PanicOnDrop, SendOnDrop, builder, pool, with_paused_clock,
};

/// With aiomultiprocess the error is text, and the other results are gone.
#[tokio::test]
async fn an_error_keeps_its_type_and_the_other_results() {
    let outcomes =
        pool(2, 2).map(["1", "x", "3"], async |(), text| text.parse::<u8>()).await;
    let [Ok(Ok(1)), Ok(Err(error)), Ok(Ok(3))] = &outcomes[..] else {
        panic!("{outcomes:?}")
    };
    let _: &ParseIntError = error;
}

#[tokio::test]
async fn a_panic_costs_its_own_task_and_its_message_is_reported() {
    let outcomes = pool(1, 4).map(0..5, async |(), n| match n {
        1 => panic!("literal"),
        2 => panic!("number {n}"),
        3 => panic_any(n),
        n => n,
    });
    let reported: Vec<_> =
        outcomes.await.into_iter().map(|o| o.map_err(|e| e.to_string())).collect();
    let panicked = |message| Err(format!("the task panicked: {message}"));
    assert_eq!(
        reported,
        [
            Ok(0),
            panicked("literal"),
            panicked("number 2"),
            panicked("(no message)"),
            Ok(4)
        ]
    );
}

#[tokio::test]
async fn a_destructor_that_panics_costs_its_own_task() {
    let pool =
        with_paused_clock().task_timeout(Duration::from_secs(1)).build().unwrap();
    let outcomes = pool.map(0..3, async |(), n| {
        if n > 0 {
            let _held = PanicOnDrop;
            // One ends by itself, one is dropped when its time is over.
            sleep(Duration::from_secs(2 * (n - 1))).await;
        }
        n
    });
    let reported: Vec<_> =
        outcomes.await.into_iter().map(|o| o.map_err(|e| e.to_string())).collect();
    let panicked = Err(String::from("the task panicked: in a destructor"));
    assert_eq!(reported, [Ok(0), panicked.clone(), panicked]);
}

#[tokio::test]
async fn a_task_that_takes_too_long_is_dropped() {
    let limit = Duration::from_secs(5);
    let pool = with_paused_clock().task_timeout(limit).build().unwrap();
    let (dropped, mut drops) = mpsc::unbounded_channel();
    let outcomes = pool.map([4, 6], async move |(), seconds| {
        let _signal = (seconds == 6).then(|| SendOnDrop(dropped.clone()));
        sleep(Duration::from_secs(seconds)).await;
        seconds
    });
    let outcomes = outcomes.await;
    assert!(
        matches!(outcomes[..], [Ok(4), Err(TaskError::TimedOut(after))] if after == limit),
        "{outcomes:?}"
    );
    assert!(drops.try_recv().is_ok(), "its destructor has run");
}

#[tokio::test]
async fn the_hook_is_called_before_the_outcome_is_given_out() {
    let reported = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&reported);
    let pool = with_paused_clock()
        .task_timeout(Duration::from_secs(1))
        .on_error(move |error| log.lock().unwrap().push(error.to_string()))
        .build()
        .unwrap();
    let mut outcomes = pool.map(0..3, async |(), n| match n {
        0 => panic!("oh"),
        1 => std::future::pending().await,
        n => n,
    });
    assert!(outcomes.next().await.unwrap().is_err());
    assert_eq!(reported.lock().unwrap()[0], "the task panicked: oh");
    assert!(outcomes.next().await.unwrap().is_err());
    assert_eq!(reported.lock().unwrap()[1], "the task took longer than 1s");
    assert_eq!(outcomes.next().await.unwrap().unwrap(), 2);
    assert_eq!(reported.lock().unwrap().len(), 2, "a result is no error");
}

#[tokio::test]
async fn a_hook_that_panics_costs_nothing() {
    let pool =
        builder(1, 2).on_error(|_| panic!("the hook itself")).build().unwrap();
    let outcomes = pool.map(0..4, async |(), n| assert!(n % 2 == 0, "odd")).await;
    let odd =
        |outcome| matches!(outcome, Err(TaskError::Panicked(why)) if why == "odd");
    assert_eq!(
        outcomes.into_iter().map(odd).collect::<Vec<_>>(),
        [false, true, false, true]
    );
}

#[tokio::test]
async fn an_aborted_task_is_dropped_and_cancelled() {
    let pool = pool(1, 1);
    let (dropped, mut drops) = mpsc::unbounded_channel();
    let gate = Gate::closed();
    let begun = gate.clone();
    let handle = pool
        .spawn(async move |()| {
            let _signal = SendOnDrop(dropped);
            begun.open();
            std::future::pending::<()>().await;
        })
        .await;
    gate.pass().await;
    handle.abort();
    assert!(matches!(handle.await, Err(TaskError::Cancelled)));
    assert!(drops.try_recv().is_ok(), "its destructor has run");
    assert_eq!(
        pool.spawn(async |()| 1).await.await.unwrap(),
        1,
        "its permit is free"
    );
}

#[tokio::test]
async fn what_was_aborted_before_it_began_is_not_run() {
    let pool = pool(1, 2);
    let gate = Gate::closed();
    let (begun, wait) = (gate.clone(), std::sync::mpsc::channel::<()>());
    // It blocks its runtime, so that the next task can't begin.
    let blocker = pool
        .spawn(async move |()| {
            begun.open();
            wait.1.recv().unwrap();
        })
        .await;
    gate.pass().await;
    let (ran, mut drops) = mpsc::unbounded_channel::<()>();
    let handle = pool.spawn(async move |()| ran.send(()).unwrap()).await;
    handle.abort();
    wait.0.send(()).unwrap();
    assert!(matches!(handle.await, Err(TaskError::Cancelled)));
    assert!(drops.recv().await.is_none(), "it was not run");
    blocker.await.unwrap();
}

#[tokio::test]
async fn a_handle_remembers_that_it_has_finished() {
    let pool = pool(1, 1);
    let mut handle = pool.spawn(async |()| 1).await;
    assert_eq!((&mut handle).await.unwrap(), 1);
    assert!(handle.is_finished());
}

/// What threads share, and what futures hold that move between threads. The value need not be
/// `Send`.
#[test]
fn handles_and_streams_can_be_sent() {
    fn is_shared<T: Send + Sync + Unpin>() {}
    fn is_sent<T: Send + Unpin>(_: &T) {}
    is_shared::<RuntimePool<std::rc::Rc<()>>>();
    is_shared::<TaskHandle<std::cell::Cell<u8>>>();
    is_shared::<TaskError>();
    let pool = pool(1, 1);
    is_sent(&pool.map(0..1, async |(), n| n));
}

#[tokio::test]
async fn a_task_goes_on_without_its_handle() {
    let pool = pool(1, 1);
    let (sender, mut received) = mpsc::unbounded_channel();
    drop(pool.spawn(async move |()| sender.send("done").unwrap()).await);
    assert_eq!(received.recv().await.unwrap(), "done");
}
