//! The ideal number of requests in a given time: those served if only the waiting takes time.
//!
//! Each slot begins a request at 0, d, 2d, … before the end D: ⌈D/d⌉ of them, however they are
//! divided into chunks and partitions, since there is always one more.

use std::num::NonZeroUsize;
use std::time::Duration;

use crate::model::simulation::{
    IdealRun, ServerLimit, Simulation, SimulationParams, WhenFull,
};
use crate::settings::layout::Layout;

/// The most events of a simulation, which take a tenth of a second. What is longer, or never
/// ends because its requests take no time, has no ideal.
const MAX_EVENTS: u64 = 1_000_000;

/// What is served of the requests that are begun before `end`, each of them as soon as a slot
/// is free. `delay` is how long the server takes for request number i, as far as that is known.
/// `None` where too many would have to be simulated, or where their delays are not known.
#[must_use]
pub fn served_until(
    end: Duration,
    layout: &Layout,
    delay: impl Fn(usize) -> Option<Duration>,
    limit: Option<ServerLimit>,
    params: SimulationParams,
) -> Option<IdealRun> {
    let unknown = std::cell::Cell::new(false);
    let delay = |request| {
        delay(request).unwrap_or_else(|| {
            unknown.set(true);
            Duration::MAX
        })
    };
    let run = Simulation::new(layout, delay, limit, params);
    run.run_until(end, MAX_EVENTS).filter(|_| !unknown.get())
}

/// As [`served_until`], with the same `delay` for all: where nothing but the slots and the
/// server's limit bounds it, by the formula, for any length.
#[must_use]
pub fn equal_served_until(
    end: Duration,
    layout: &Layout,
    delay: Duration,
    limit: Option<ServerLimit>,
    params: SimulationParams,
) -> Option<IdealRun> {
    let slots = layout.concurrency();
    let limit = limit.filter(|limit| limit.places < slots);
    let places = limit.map_or(slots, |limit| limit.places).get();
    let queues = limit.is_some_and(|limit| limit.when_full == WhenFull::Queue);
    // The longest that one waits: until all others before it were served.
    let in_turn = if queues { slots.get().div_ceil(places) } else { 1 };
    if delay.is_zero()
        || !params.work.is_zero()
        || times(delay, in_turn) > params.timeout
    {
        return served_until(end, layout, |_| Some(delay), limit, params);
    }
    let rounds = end.as_nanos().div_ceil(delay.as_nanos());
    let rounds = usize::try_from(rounds).unwrap_or(usize::MAX);
    let in_rounds = places.saturating_mul(rounds);
    // Those that still queue at the end are served as well.
    let waiting = if queues && rounds > 0 { slots.get() - places } else { 0 };
    let served = in_rounds.saturating_add(waiting);
    let waits =
        NonZeroUsize::new(places).map_or(0, |places| served.div_ceil(places.get()));
    Some(IdealRun { served, time: times(delay, waits) })
}

fn times(delay: Duration, times: usize) -> Duration {
    let nanos = delay.as_nanos().saturating_mul(times as u128);
    Duration::from_nanos_u128(nanos.min(Duration::MAX.as_nanos()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn n(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).unwrap()
    }

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn layouts(slots: usize, runtimes: usize, chunk: usize) -> [Layout; 3] {
        let (most, slots) = (NonZeroUsize::MAX, n(slots));
        [
            Layout::pool(most, slots, n(chunk)),
            Layout::queue(most, Some(slots)),
            Layout::partitioned(most, n(runtimes), Some(slots)),
        ]
    }

    fn limit(places: usize, when_full: WhenFull) -> ServerLimit {
        ServerLimit { places: n(places), when_full }
    }

    fn served(
        end_ms: u64,
        layout: &Layout,
        delay_ms: u64,
        limit: Option<ServerLimit>,
    ) -> (usize, u128) {
        let (end, delay) = (millis(end_ms), millis(delay_ms));
        let waiting = SimulationParams::WAITING;
        let run = equal_served_until(end, layout, delay, limit, waiting).unwrap();
        (run.served, run.time.as_millis())
    }

    #[test]
    fn what_is_begun_before_the_end_is_served() {
        let sync = Layout::one_by_one(NonZeroUsize::MAX);
        assert_eq!(served(1000, &sync, 100, None), (10, 1000));
        assert_eq!(served(1001, &sync, 100, None), (11, 1100));
        assert_eq!(served(1, &sync, 3000, None), (1, 3000));
        for layout in layouts(8, 3, 4) {
            assert_eq!(served(10_000, &layout, 3000, None), (32, 12_000));
            // Two are served at a time, and six still queue when the time is over.
            let queue = limit(2, WhenFull::Queue);
            assert_eq!(served(10_000, &layout, 3000, Some(queue)), (14, 21_000));
            let reject = limit(2, WhenFull::Reject);
            assert_eq!(served(10_000, &layout, 3000, Some(reject)), (8, 12_000));
        }
    }

    #[test]
    fn ten_hours_are_a_formula_and_what_takes_no_time_has_no_number() {
        let hours = 10 * 3600 * 1000;
        let layout = Layout::queue(NonZeroUsize::MAX, Some(n(1000)));
        assert_eq!(served(hours, &layout, 1, None).0, 36_000_000_000);
        let waiting = SimulationParams::WAITING;
        let second = Duration::from_secs(1);
        let of = |delay| equal_served_until(second, &layout, delay, None, waiting);
        assert_eq!(of(Duration::ZERO), None);
        assert_eq!(of(Duration::MAX).unwrap().served, 1000);
    }

    #[test]
    fn a_delay_that_is_not_known_is_none_of_the_ideal() {
        let layout = Layout::one_by_one(NonZeroUsize::MAX);
        let of = |end| {
            let delay = |i| (i < 3).then_some(millis(10));
            served_until(
                millis(end),
                &layout,
                delay,
                None,
                SimulationParams::WAITING,
            )
        };
        assert_eq!(of(30).unwrap().served, 3);
        assert_eq!(of(31), None);
    }

    #[test]
    fn what_is_given_up_is_not_served() {
        let layout = Layout::one_by_one(NonZeroUsize::MAX);
        let params =
            SimulationParams { timeout: millis(10), ..SimulationParams::WAITING };
        let run = equal_served_until(millis(100), &layout, millis(11), None, params);
        assert_eq!(run.unwrap().served, 0);
    }

    proptest! {
        #[test]
        fn the_formula_is_what_the_simulation_serves(
            end in 1..300_u64, slots in 1..40_usize, runtimes in 1..9_usize,
            chunk in 1..6_usize, delay in 1..50_u64, places in 1..40_usize,
            limited in 0..3_usize, timeout in 1..200_u64,
        ) {
            let (end, delay) = (millis(end), millis(delay));
            let limits = [
                None,
                Some(limit(places, WhenFull::Queue)),
                Some(limit(places, WhenFull::Reject)),
            ];
            let limit = limits[limited];
            let params =
                SimulationParams { timeout: millis(timeout), ..SimulationParams::WAITING };
            for layout in layouts(slots, runtimes, chunk) {
                prop_assert_eq!(
                    equal_served_until(end, &layout, delay, limit, params),
                    served_until(end, &layout, |_| Some(delay), limit, params)
                );
            }
        }

        /// With any delays: what is served is what the delays leave room for.
        #[test]
        fn slots_are_never_idle_before_the_end(
            end in 1..300_u64, slots in 1..20_usize, runtimes in 1..9_usize,
            chunk in 1..6_usize, delays in prop::collection::vec(1..50_u64, 1..50),
        ) {
            let delay = |i: usize| millis(delays[i % delays.len()]);
            for layout in layouts(slots, runtimes, chunk) {
                let run = served_until(
                    millis(end), &layout, |i| Some(delay(i)), None, SimulationParams::WAITING,
                ).unwrap();
                let all: Duration = (0..run.served).map(delay).sum();
                // Each slot is busy until the end, and beyond it with one request at most.
                let least = millis(end) * u32::try_from(slots).unwrap();
                let longest = millis(*delays.iter().max().unwrap());
                prop_assert!(all >= least, "{all:?} of {least:?}");
                prop_assert!(all < least + longest * u32::try_from(slots).unwrap());
                prop_assert!(run.time >= millis(end) && run.time < millis(end) + longest);
            }
        }

        /// As many as there are room for in a run of that number, which takes as long.
        #[test]
        fn a_run_of_as_many_requests_takes_as_long(
            end in 1..300_u64, slots in 1..20_usize, delay in 1..50_u64,
        ) {
            let endless = Layout::queue(NonZeroUsize::MAX, Some(n(slots)));
            let (requests, time) = served(end, &endless, delay, None);
            let counted = endless.for_requests(requests);
            let makespan = crate::model::makespan(&counted, |_| millis(delay), None);
            prop_assert_eq!(makespan.as_millis(), time);
        }
    }
}
