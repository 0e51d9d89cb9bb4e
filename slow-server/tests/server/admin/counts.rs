//! The counts: a request cannot leave without being counted, and once.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use slow_server::{Counts, EventKind, RequestGuard, RequestMeta, Stats};

fn arrive(stats: &Arc<Stats>, number: u64) -> RequestGuard {
    stats.arrive(number, Duration::ZERO, RequestMeta::default())
}

#[test]
fn a_request_arrives_starts_and_is_answered() {
    let stats = Stats::new(true);
    arrive(&stats, 0).start().finish(false);
    let Counts { received, answered, peak_in_flight, .. } = stats.counts();
    assert_eq!([received, answered, peak_in_flight], [1; 3]);
    let kinds: Vec<_> = stats.journal().iter().map(|event| event.kind).collect();
    let in_order = [EventKind::Arrived, EventKind::Started, EventKind::Answered];
    assert_eq!(kinds, in_order);
}

#[test]
fn a_guard_that_is_dropped_counts_as_aborted() {
    let stats = Stats::new(true);
    drop(arrive(&stats, 0));
    drop(arrive(&stats, 1).start());

    let counts = stats.counts();
    assert_eq!((counts.aborted, counts.in_flight, counts.queued), (2, 0, 0));
    assert_eq!(stats.journal().last().unwrap().kind, EventKind::Aborted);
}

#[test]
fn a_reset_keeps_what_is_under_way() {
    let stats = Stats::new(false);
    let _guard = arrive(&stats, 0).start();
    arrive(&stats, 1).reject();
    stats.reset();

    let expected = Counts { in_flight: 1, peak_in_flight: 1, ..Counts::default() };
    assert_eq!(stats.counts(), expected);
}

#[tokio::test(start_paused = true)]
async fn the_span_is_from_the_first_arrival_to_the_last_end_since_a_reset() {
    let stats = Stats::new(false);
    let wait = async |ms| tokio::time::sleep(Duration::from_millis(ms)).await;
    wait(5).await;
    let early = arrive(&stats, 0).start();
    assert_eq!(stats.counts().span_us, None, "none has ended");
    wait(10).await;
    let later = arrive(&stats, 1);
    wait(10).await;
    early.finish(false);
    assert_eq!(stats.counts().span_us, Some(20_000));
    wait(10).await;
    drop(later);
    wait(10).await;
    assert_eq!(stats.counts().span_us, Some(30_000));

    let other = arrive(&stats, 2);
    stats.reset();
    wait(10).await;
    drop(other);
    assert_eq!(stats.counts().span_us, None, "it came before the reset");
    let peer = "127.0.0.1:4711".parse().unwrap();
    let without_run = stats.arrive_without_run(3, peer);
    wait(7).await;
    without_run.reject();
    assert_eq!(stats.counts().span_us, Some(7000));
}

proptest! {
    /// Whatever the order in which requests come, start and end, the sums agree.
    #[test]
    fn every_request_is_in_exactly_one_count(steps: Vec<(u8, prop::sample::Index)>) {
        let stats = Stats::new(false);
        let mut under_way: Vec<(RequestGuard, bool)> = Vec::new();
        let mut most = 0;
        for (request, (step, which)) in (0..).zip(steps) {
            if step % 3 == 0 || under_way.is_empty() {
                under_way.push((arrive(&stats, request), true));
            } else if step % 3 == 1 {
                let which = which.index(under_way.len());
                let (guard, is_queued) = under_way.swap_remove(which);
                let guard = if is_queued { guard.start() } else { guard };
                under_way.push((guard, false));
            } else {
                let (guard, _) =
                    under_way.swap_remove(which.index(under_way.len()));
                match step % 4 {
                    0 => guard.finish(false),
                    1 => guard.finish(true),
                    2 => guard.reject(),
                    _ => drop(guard),
                }
            }
            let c = stats.counts();
            most = most.max(c.in_flight);
            let ended = c.answered + c.failed + c.rejected + c.aborted;
            prop_assert_eq!(c.received, ended + c.in_flight + c.queued);
            prop_assert_eq!(c.in_flight + c.queued, under_way.len());
            prop_assert_eq!(c.peak_in_flight, most);
        }
    }
}
