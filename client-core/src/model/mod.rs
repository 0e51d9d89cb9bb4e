//! The ideal time of a run: what it takes if only the waiting takes time.
//!
//! With equal delays the simulation gives the formulas: n·d one after another, ⌈n/t⌉·d for t slots,
//! ⌈⌈n/k⌉/t⌉·k·d for chunks of k (if k divides n).

mod cpu_scheduler;
mod served;
mod simulation;

use std::time::Duration;

pub use crate::model::served::{equal_served_until, served_until};
pub use crate::model::simulation::{
    IdealRun, ServerLimit, SimulationParams, WhenFull,
};

use crate::model::simulation::Simulation;
use crate::settings::layout::Layout;

/// The time from the first request to the last response, if only the waiting takes time.
///
/// `delay` is how long the server takes for request number i.
#[must_use]
pub fn makespan(
    layout: &Layout,
    delay: impl Fn(usize) -> Duration,
    limit: Option<ServerLimit>,
) -> Duration {
    makespan_on(layout, delay, limit, SimulationParams::WAITING)
}

/// As [`makespan`], with these parameters: until the last response has been worked on.
#[must_use]
pub fn makespan_on(
    layout: &Layout,
    delay: impl Fn(usize) -> Duration,
    limit: Option<ServerLimit>,
    params: SimulationParams,
) -> Duration {
    Simulation::new(layout, delay, limit, params).run()
}

/// As [`makespan_on`], with the same `delay` for all: where nothing but the slots bounds
/// it, by the formula, since a simulation of ten million requests would cost more than the
/// requests do.
#[must_use]
pub fn equal_makespan(
    layout: &Layout,
    delay: Duration,
    limit: Option<ServerLimit>,
    params: SimulationParams,
) -> Duration {
    let slots_are_all = limit.is_none() && params.work.is_zero();
    if !slots_are_all || layout.chunk().get() > 1 {
        return makespan_on(layout, |_| delay, limit, params);
    }
    let rounds = layout.requests().div_ceil(layout.concurrency().get());
    delay
        .min(params.timeout)
        .saturating_mul(u32::try_from(rounds).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use proptest::prelude::*;

    use super::*;

    const DELAY: Duration = Duration::from_secs(3);

    fn n(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).unwrap()
    }

    fn waits(layout: &Layout, limit: Option<ServerLimit>) -> usize {
        let seconds = makespan(layout, |_| Duration::from_secs(1), limit).as_secs();
        usize::try_from(seconds).unwrap()
    }

    fn limit(places: usize, when_full: WhenFull) -> ServerLimit {
        ServerLimit { places: n(places), when_full }
    }

    /// What the tutorial's programs should have taken, 100 requests of 3 s each.
    #[test]
    fn the_tutorials_own_runs() {
        let seconds = |layout: Layout| makespan(&layout, |_| DELAY, None).as_secs();
        assert_eq!(seconds(Layout::one_by_one(n(100))), 300);
        assert_eq!(seconds(Layout::queue(n(100), Some(n(8)))), 39);
        assert_eq!(seconds(Layout::pool(n(100), n(8), n(4))), 48);
        assert_eq!(seconds(Layout::queue(n(100), Some(n(100)))), 3);
        assert_eq!(seconds(Layout::partitioned(n(100), n(8), Some(n(100)))), 3);
        // Its hybrid on two cores, with the library's 16 at a time in each process.
        assert_eq!(seconds(Layout::partitioned(n(100), n(2), Some(n(32)))), 12);
    }

    #[test]
    fn a_server_that_rejects_answers_at_once() {
        let layout = Layout::queue(n(10), Some(n(10)));
        assert_eq!(waits(&layout, Some(limit(4, WhenFull::Reject))), 1);
    }

    #[test]
    fn a_request_is_given_up_in_time_also_while_it_waits_for_a_place() {
        let second = |_| Duration::from_secs(1);
        let within = |layout: &Layout, places, millis| {
            let limit = limit(places, WhenFull::Queue);
            let timeout = Duration::from_millis(millis);
            let params = SimulationParams { timeout, ..SimulationParams::WAITING };
            makespan_on(layout, second, Some(limit), params).as_millis()
        };
        // One response comes after a second, the next two after two and three; those behind
        // them have given up by then, and the places stay empty.
        let all = Layout::queue(n(10), None);
        assert_eq!(within(&all, 1, 2500), 2500);
        assert_eq!(within(&all, 1, 60_000), 10_000);
        // No response comes within half a second: each slot times out twice.
        assert_eq!(within(&Layout::queue(n(4), Some(n(2))), 1, 500), 1000);
        assert_eq!(within(&Layout::one_by_one(n(3)), 5, 500), 1500);
        // A released permit does not go to a request that has timed out meanwhile: after
        // 1.5 s to the fourth, whose time is over at 2.5, and then to the fifth until 3.
        assert_eq!(within(&Layout::queue(n(5), Some(n(3))), 1, 1500), 3000);
    }

    fn worked(layout: &Layout, delay_ms: u64, work_ms: u64, cores: usize) -> u128 {
        let work = Duration::from_millis(work_ms);
        let params =
            SimulationParams { work, cores: n(cores), ..SimulationParams::WAITING };
        let delay = |_| Duration::from_millis(delay_ms);
        makespan_on(layout, delay, None, params).as_millis()
    }

    /// A hundred responses with 2 ms of work are 200 ms of it.
    #[test]
    fn work_is_shared_by_the_threads_that_there_are_and_the_cpus_that_there_are() {
        let all = n(100);
        // One thread waits and works in turn.
        assert_eq!(worked(&Layout::one_by_one(all), 10, 2, 4), 1200);
        // All wait at the same time, in a thread each, and they work on two CPUs.
        assert_eq!(worked(&Layout::pool(all, n(100), n(1)), 10, 2, 2), 110);
        // A runtime with a thread for each CPU, one with a single thread, and two of those.
        let tasks = Layout::queue(all, None);
        assert_eq!(worked(&tasks, 10, 2, 2), 110);
        assert_eq!(worked(&tasks.with_threads(n(1)), 10, 2, 2), 210);
        assert_eq!(worked(&Layout::partitioned(all, n(1), None), 10, 2, 2), 210);
        assert_eq!(worked(&Layout::partitioned(all, n(2), None), 10, 2, 2), 110);
        // More runtimes than CPUs are no faster than the CPUs.
        assert_eq!(worked(&Layout::partitioned(all, n(4), None), 10, 2, 2), 110);
    }

    #[test]
    fn what_is_given_up_is_not_worked_on() {
        let work = Duration::from_millis(50);
        let timeout = Duration::from_millis(500);
        let params = SimulationParams { timeout, work, cores: n(1) };
        let second = |_| Duration::from_secs(1);
        let layout = Layout::one_by_one(n(3));
        assert_eq!(makespan_on(&layout, second, None, params).as_millis(), 1500);
    }

    /// The delay that a server reports is used as it is.
    #[test]
    fn a_delay_without_an_end_has_no_sum() {
        let layout = Layout::one_by_one(n(3));
        assert_eq!(makespan(&layout, |_| Duration::MAX, None), Duration::MAX);
    }

    #[test]
    fn the_slow_request_is_waited_for_once() {
        let delay = |i| Duration::from_secs(if i == 0 { 10 } else { 1 });
        // One slot waits for the slow one while the other does all the rest.
        assert_eq!(
            makespan(&Layout::queue(n(11), Some(n(2))), delay, None).as_secs(),
            10
        );
        assert_eq!(makespan(&Layout::one_by_one(n(11)), delay, None).as_secs(), 20);
        // Nor does it hold up the requests of its runtime: whichever is free takes the next.
        let runtimes = Layout::partitioned(n(11), n(2), Some(n(2)));
        assert_eq!(makespan(&runtimes, delay, None).as_secs(), 10);
    }

    proptest! {
        #[test]
        fn the_formula_is_what_the_simulation_gives(
            requests in 1..300_usize, slots in 1..320_usize, runtimes in 1..9_usize,
            delay in 0..50_u64, timeout in 1..60_u64,
        ) {
            let (delay, timeout) = (Duration::from_millis(delay), Duration::from_millis(timeout));
            let params = SimulationParams { timeout, ..SimulationParams::WAITING };
            for layout in [
                Layout::one_by_one(n(requests)),
                Layout::queue(n(requests), Some(n(slots))),
                Layout::partitioned(n(requests), n(runtimes), Some(n(slots))),
            ] {
                prop_assert_eq!(
                    equal_makespan(&layout, delay, None, params),
                    makespan_on(&layout, |_| delay, None, params)
                );
            }
        }

        #[test]
        fn equal_delays_give_the_formula(
            requests in 1..400_usize, slots in 1..100_usize, places in 1..100_usize,
        ) {
            let layout = Layout::queue(n(requests), Some(n(slots)));
            prop_assert_eq!(waits(&layout, None), requests.div_ceil(slots));
            let queue = Some(limit(places, WhenFull::Queue));
            let expected = requests.div_ceil(slots.min(places));
            prop_assert_eq!(waits(&layout, queue), expected);
        }

        #[test]
        fn whole_chunks_give_the_formula(
            chunks in 1..100_usize, size in 1..10_usize, slots in 1..20_usize,
        ) {
            let layout = Layout::pool(n(chunks * size), n(slots), n(size));
            prop_assert_eq!(waits(&layout, None), chunks.div_ceil(slots) * size);
        }

        #[test]
        fn the_hybrid_takes_as_long_as_its_slowest_share(
            requests in 1..300_usize, runtimes in 1..10_usize, slots in 1..100_usize,
        ) {
            let layout = Layout::partitioned(n(requests), n(runtimes), Some(n(slots)));
            let slowest =
                layout.partitions().iter().map(|s| s.requests.div_ceil(s.slots.get())).max();
            prop_assert_eq!(waits(&layout, None), slowest.unwrap());
            // Sharing out costs nothing: no better and no worse than one queue.
            prop_assert_eq!(waits(&layout, None), requests.div_ceil(slots.min(requests)));
        }

        #[test]
        fn never_below_the_longest_job_nor_below_the_work_of_each_slot(
            delays in prop::collection::vec(0..1000_u64, 1..200), slots in 1..50_usize,
            chunk in 1..5_usize,
        ) {
            let layout = Layout::pool(n(delays.len()), n(slots), n(chunk));
            let time = makespan(&layout, |i| Duration::from_millis(delays[i]), None);
            let longest = *delays.iter().max().unwrap();
            let work = delays.iter().sum::<u64>() as f64 / slots as f64;
            prop_assert!(time >= Duration::from_millis(longest));
            prop_assert!(time.as_secs_f64() * 1e3 >= work - 1e-6);
        }

        #[test]
        fn work_costs_at_least_its_share_of_the_cpus_and_at_most_all_of_itself(
            requests in 1..200_usize, slots in 1..50_usize, work_ms in 1..20_u64,
            cores in 1..5_usize, runtimes in 1..6_usize,
        ) {
            let layout = Layout::partitioned(n(requests), n(runtimes), Some(n(slots)));
            let waited = makespan(&layout, |_| Duration::from_millis(10), None).as_millis();
            let time = worked(&layout, 10, work_ms, cores);
            let all = u128::from(work_ms) * requests as u128;
            let at_once = layout.computes_at_once(cores) as u128;
            prop_assert!(time >= 10 + all.div_ceil(at_once));
            prop_assert!(time >= waited + u128::from(work_ms));
            prop_assert!(time <= waited + all);
        }

        #[test]
        fn one_slot_takes_the_sum_of_all_delays(
            delays in prop::collection::vec(0..1000_u64, 1..200),
        ) {
            let layout = Layout::one_by_one(n(delays.len()));
            let time = makespan(&layout, |i| Duration::from_millis(delays[i]), None);
            prop_assert_eq!(time, Duration::from_millis(delays.iter().sum()));
        }

        #[test]
        fn more_slots_never_take_longer_for_equal_jobs(
            requests in 1..300_usize, slots in 1..50_usize, places in 1..50_usize,
        ) {
            for limit in [None, Some(limit(places, WhenFull::Queue))] {
                let fewer = waits(&Layout::queue(n(requests), Some(n(slots))), limit);
                let more = waits(&Layout::queue(n(requests), Some(n(slots + 1))), limit);
                prop_assert!(more <= fewer);
            }
        }
    }
}
