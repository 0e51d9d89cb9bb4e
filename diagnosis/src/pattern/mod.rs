//! How a program waits, by when its requests arrived at a server and when they ended: how many
//! at a time, in how many waves, in chunks or not.
//!
//! That is what the server alone can infer about a program without its source.

mod chunks;
mod clarity;
mod sentence;

use std::collections::{BTreeMap, BTreeSet};

/// A request as the server saw it. The times are microseconds on one clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedRequest {
    /// When it arrived.
    pub arrived_us: u64,
    /// When it was over.
    pub ended_us: u64,
    /// Its connection.
    pub connection: usize,
    /// The process that sent it; `None` where that is not known.
    pub process: Option<u32>,
}

/// How a program waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Requests that arrived.
    pub requests: usize,
    /// The most in flight.
    pub at_once: usize,
    /// Whether all were in flight at the same time, so that none waited for another.
    pub all_at_once: bool,
    /// Whether the times show how it waited. If not, it may have sent on without waiting for
    /// any response, and `at_once` and `waves` may be those of its pace.
    pub is_clear: bool,
    /// Requests that arrived one after another, each after the response to the one before: the
    /// longest row of them.
    pub waves: usize,
    /// How many requests a worker takes at a time, to be sent one after another, where that
    /// makes more waves than there have to be.
    pub chunk: Option<usize>,
    /// Microseconds between a response and the next request, where they are about the same
    /// each time and so long that they are meant.
    pub pause_us: Option<u64>,
    /// Microseconds in which the request that ended last, and those that it had to wait for,
    /// were not with the server: between a response and the next request, and before the first
    /// of them.
    pub lag_us: u64,
    /// The connections of the requests.
    pub connections: usize,
    /// The most in flight in each process; empty where that is not known, or where
    /// there is but one, or one for each request.
    pub processes: Vec<usize>,
}

impl Pattern {
    /// The pattern of these requests, in any order; `None` if there are none.
    #[must_use]
    pub fn of(requests: &[TimedRequest]) -> Option<Self> {
        let mut requests = requests.to_vec();
        requests.sort_by_key(|request| request.arrived_us);
        let number = requests.len();
        let at_once = peak(&requests)?;
        let levels = levels(&requests);
        let mut waves = levels.iter().copied().max()?;
        let all_at_once = at_once == number;
        let connections: BTreeSet<_> =
            requests.iter().map(|request| request.connection).collect();

        let by_process = by_process(&requests);
        let processes: Vec<_> =
            by_process.values().filter_map(|own| peak(own)).collect();
        let needed = number.div_ceil(at_once);
        // A process that is behind the others takes longer, and waits no more often; one that
        // begins when another has ended makes waves of its own.
        if let Some(most) = by_process.values().map(|own| waves_of(own)).max() {
            waves = most.max(needed);
        }
        let is_clear = clarity::is_clear(&requests, at_once, waves)
            || (!by_process.is_empty()
                && by_process.values().all(|own| is_clear(own)));
        let is_late = waves > needed;
        // Where responses take unequally long, waves are not of one size either.
        let by_levels = || {
            take_equally_long(&requests)
                .then(|| chunks::of_levels(&levels, at_once))
                .flatten()
        };
        let chunk = if !is_late || !is_clear {
            None
        } else if !processes.is_empty() && processes.iter().all(|&peak| peak == 1) {
            let sent: Vec<_> = by_process.values().map(Vec::len).collect();
            chunks::of_workers(&sent, waves, by_levels())
        } else {
            by_levels()
        };
        Some(Self {
            requests: number,
            at_once,
            all_at_once,
            is_clear,
            waves,
            chunk,
            pause_us: pause(&requests, waves),
            lag_us: lag(&requests),
            connections: connections.len(),
            processes,
        })
    }

    /// The fewest waves with as many in flight.
    #[must_use]
    pub fn waves_needed(&self) -> usize {
        self.requests.div_ceil(self.at_once)
    }
}

/// The requests of each process, where there are several that send more than one.
fn by_process(requests: &[TimedRequest]) -> BTreeMap<u32, Vec<TimedRequest>> {
    let mut all: BTreeMap<u32, Vec<TimedRequest>> = BTreeMap::new();
    for request in requests {
        let Some(process) = request.process else { return BTreeMap::new() };
        all.entry(process).or_default().push(*request);
    }
    let are_workers = all.len() > 1 && all.len() < requests.len();
    if are_workers { all } else { BTreeMap::new() }
}

/// The most in flight.
fn peak(requests: &[TimedRequest]) -> Option<usize> {
    in_flight(requests).max()
}

/// As many as are in flight when each of these has just arrived.
fn in_flight(requests: &[TimedRequest]) -> impl Iterator<Item = usize> {
    let mut ends: Vec<_> = requests.iter().map(|request| request.ended_us).collect();
    ends.sort_unstable();
    requests.iter().enumerate().map(move |(begun, request)| {
        // One that ends immediately was in flight for a moment all the same.
        let before = ends.partition_point(|&end| end <= request.arrived_us);
        (begun + 1).saturating_sub(before).max(1)
    })
}

/// Whether these requests of one process show how it waited.
fn is_clear(own: &[TimedRequest]) -> bool {
    peak(own).is_none_or(|peak| clarity::is_clear(own, peak, waves_of(own)))
}

fn waves_of(requests: &[TimedRequest]) -> usize {
    levels(requests).into_iter().max().unwrap_or(0)
}

/// For each request, the number that arrived one after another up to it: at least one
/// of each of those had ended when the next one arrived.
fn levels(requests: &[TimedRequest]) -> Vec<usize> {
    let mut by_end: Vec<_> = (0..requests.len()).collect();
    by_end.sort_by_key(|&index| requests[index].ended_us);
    let mut levels = vec![1; requests.len()];
    let (mut ended, mut highest) = (0, 0);
    for (index, request) in requests.iter().enumerate() {
        while let Some(&before) = by_end.get(ended)
            && requests[before].ended_us <= request.arrived_us
        {
            highest = highest.max(levels[before]);
            ended += 1;
        }
        levels[index] = highest + 1;
    }
    levels
}

/// A gap shorter than this may be what it takes to send the next request.
const SHORTEST_PAUSE_US: u64 = 50_000;

/// Times that differ by more than this share of the shortest are not alike.
const REGULAR: u64 = 4;

/// The gaps in which nothing is in flight, if there is one after each of the waves and they are
/// about the same.
fn pause(requests: &[TimedRequest], waves: usize) -> Option<u64> {
    let mut gaps = Vec::new();
    let mut ended_us = requests.first()?.ended_us;
    for request in &requests[1..] {
        if let Some(gap) = request.arrived_us.checked_sub(ended_us) {
            gaps.push(gap);
        }
        ended_us = ended_us.max(request.ended_us);
    }
    gaps.sort_unstable();
    let (shortest, longest) = (*gaps.first()?, *gaps.last()?);
    let is_meant = gaps.len() > 1
        && gaps.len() + 1 >= waves
        && shortest >= SHORTEST_PAUSE_US
        && longest - shortest <= shortest / REGULAR;
    is_meant.then(|| gaps[gaps.len() / 2])
}

/// Backwards from the request that ended last: each arrived after the last response before it.
fn lag(requests: &[TimedRequest]) -> u64 {
    let mut by_end = requests.to_vec();
    by_end.sort_by_key(|request| request.ended_us);
    let (Some(first), Some(mut request)) = (requests.first(), by_end.last()) else {
        return 0;
    };
    let mut lag_us = 0;
    loop {
        let ended = by_end.partition_point(|r| r.ended_us <= request.arrived_us);
        let before = ended.checked_sub(1).map(|index| &by_end[index]);
        // One that took no time at all would be found again.
        let Some(before) = before.filter(|r| r.arrived_us < request.arrived_us)
        else {
            return lag_us + request.arrived_us - first.arrived_us;
        };
        lag_us += request.arrived_us - before.ended_us;
        request = before;
    }
}

fn take_equally_long(requests: &[TimedRequest]) -> bool {
    let took =
        || requests.iter().map(|request| request.ended_us - request.arrived_us);
    let (shortest, longest) = (took().min().unwrap_or(0), took().max().unwrap_or(0));
    longest - shortest <= shortest / REGULAR
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DELAY_US: u64 = 100_000;

    /// Workers that take chunks from one queue, each after a time of its own between a response
    /// and the next request.
    fn pool(
        n: usize,
        workers: usize,
        chunk: usize,
        gaps: &[u64],
    ) -> Vec<TimedRequest> {
        let mut free: Vec<_> =
            (0..workers).map(|worker| gaps[worker % gaps.len()]).collect();
        let mut requests = Vec::new();
        let numbers: Vec<_> = (0..n).collect();
        for taken in numbers.chunks(chunk) {
            let worker = (0..workers).min_by_key(|&worker| free[worker]).unwrap();
            for &number in taken {
                let arrived_us = free[worker];
                let ended_us = arrived_us + DELAY_US;
                let process = Some(u32::try_from(worker).unwrap());
                requests.push(TimedRequest {
                    arrived_us,
                    ended_us,
                    connection: number,
                    process,
                });
                free[worker] = ended_us + gaps[worker % gaps.len()];
            }
        }
        requests
    }

    fn without_processes(mut requests: Vec<TimedRequest>) -> Vec<TimedRequest> {
        for request in &mut requests {
            request.process = None;
        }
        requests
    }

    fn of(requests: &[TimedRequest]) -> Pattern {
        Pattern::of(requests).unwrap()
    }

    #[test]
    fn nothing_has_no_pattern_and_one_request_is_all() {
        assert_eq!(Pattern::of(&[]), None);
        let one = of(&pool(1, 1, 1, &[0]));
        assert_eq!((one.at_once, one.waves, one.all_at_once), (1, 1, true));
    }

    #[test]
    fn one_at_a_time_waits_each_time() {
        let seen = of(&pool(20, 1, 1, &[2_000]));
        assert_eq!((seen.at_once, seen.waves, seen.pause_us), (1, 20, None));
        assert!(!seen.all_at_once && seen.processes.is_empty());
    }

    #[test]
    fn the_tutorials_pool_is_seen_to_take_four_at_a_time() {
        for requests in [
            pool(100, 8, 4, &[1_000, 3_000, 2_000]),
            without_processes(pool(100, 8, 4, &[1_000, 3_000, 2_000])),
        ] {
            let seen = of(&requests);
            assert_eq!((seen.at_once, seen.waves, seen.chunk), (8, 16, Some(4)));
            assert_eq!(seen.waves_needed(), 13);
        }
    }

    #[test]
    fn a_slow_worker_is_no_chunk() {
        // One is four times as slow as the others.
        let mut gaps = [1_000; 8];
        gaps[3] = 300_000;
        for requests in
            [pool(100, 8, 1, &gaps), without_processes(pool(100, 8, 1, &gaps))]
        {
            let seen = of(&requests);
            assert!(seen.waves > seen.waves_needed());
            assert_eq!(seen.chunk, None);
        }
    }

    /// Requests at these times, whatever becomes of the others.
    fn sent_at(times: impl Iterator<Item = u64>) -> Vec<TimedRequest> {
        let at = |(connection, arrived_us)| TimedRequest {
            arrived_us,
            ended_us: arrived_us + DELAY_US,
            connection,
            process: None,
        };
        times.enumerate().map(at).collect()
    }

    /// As `for …; do curl & done` and a load generator with a fixed rate do.
    #[test]
    fn of_a_program_that_sends_on_no_limit_is_claimed() {
        for gap in [2_000, 12_000, 30_000, 60_000, 90_000] {
            let by_the_clock = of(&sent_at((0..80).map(|number| number * gap)));
            assert!(!by_the_clock.is_clear && !by_the_clock.all_at_once, "{gap}");
            let at_random = |number| number * gap + number * number * 7_919 % gap;
            let seen = of(&sent_at((0..80).map(at_random)));
            assert!(!seen.is_clear && seen.chunk.is_none(), "{gap} {seen:?}");
        }
        // Each of them would have been over long before the next one anyway.
        let seen = of(&sent_at((0..20).map(|number| number * 3 * DELAY_US)));
        assert_eq!((seen.at_once, seen.is_clear), (1, false));
    }

    #[test]
    fn a_bound_shows_in_the_waits_that_it_makes() {
        for (requests, workers) in [(12, 8), (12, 10), (100, 8), (100, 50), (9, 2)] {
            let seen = of(&without_processes(pool(requests, workers, 1, &[500])));
            assert!(seen.is_clear && !seen.all_at_once, "{requests} {workers}");
            assert_eq!((seen.at_once, seen.waves), (workers, seen.waves_needed()));
        }
        // Workers that begin one after another are never silent together.
        let gaps = [0, 11_000, 29_000, 48_000, 53_000, 71_000, 84_000, 93_000];
        let mut requests = Vec::new();
        for (worker, start_us) in gaps.into_iter().enumerate() {
            let times = (0..10).map(|wave| start_us + wave * (DELAY_US + 700));
            let own = sent_at(times).into_iter();
            requests
                .extend(own.map(|own| TimedRequest { connection: worker, ..own }));
        }
        let seen = of(&requests);
        assert_eq!((seen.at_once, seen.is_clear), (8, true));
    }

    #[test]
    fn processes_with_several_in_flight_have_waves_of_their_own() {
        let mut requests = Vec::new();
        for process in 0..2 {
            for mut request in pool(50, 16, 1, &[1_000]) {
                // One starts half a delay later than the other.
                request.arrived_us += u64::from(process) * DELAY_US / 2;
                request.ended_us += u64::from(process) * DELAY_US / 2;
                request.process = Some(process);
                requests.push(request);
            }
        }
        let seen = of(&requests);
        assert_eq!(seen.processes, [16, 16]);
        assert_eq!((seen.at_once, seen.waves), (32, 4));
    }

    /// Two shell loops in a row, say, are not two workers side by side.
    #[test]
    fn processes_one_after_another_are_not_side_by_side() {
        let mut requests = Vec::new();
        for process in 0..2 {
            for mut request in pool(4, 1, 1, &[1_000]) {
                request.arrived_us += u64::from(process) * 5 * DELAY_US;
                request.ended_us += u64::from(process) * 5 * DELAY_US;
                request.process = Some(process);
                requests.push(request);
            }
        }
        let seen = of(&requests);
        assert_eq!((seen.at_once, seen.waves), (1, 8));
        assert!(seen.waves >= seen.waves_needed());
    }

    #[test]
    fn few_requests_of_a_slow_worker_are_no_chunk() {
        let seen = of(&without_processes(pool(4, 2, 3, &[1_000])));
        assert_eq!((seen.waves, seen.chunk), (3, None));
        let mut uneven = without_processes(pool(100, 8, 4, &[1_000]));
        assert_eq!(of(&uneven).chunk, Some(4));
        uneven[99].ended_us += DELAY_US;
        assert_eq!(of(&uneven).chunk, None);
    }

    #[test]
    fn the_lag_is_what_lies_between_the_waits() {
        assert_eq!(of(&pool(10, 1, 1, &[2_000])).lag_us, 9 * 2_000);
        let mut at_once = pool(5, 5, 1, &[0]);
        at_once[4].arrived_us += 7_000;
        at_once[4].ended_us += 7_000;
        assert_eq!(of(&at_once).lag_us, 7_000);
        assert_eq!(of(&pool(1, 1, 1, &[0])).lag_us, 0);
    }

    #[test]
    fn a_pause_is_regular_and_long() {
        let seen = |gaps: &[u64]| of(&pool(10, 1, 1, gaps)).pause_us;
        assert_eq!(seen(&[80_000]), Some(80_000));
        assert_eq!(seen(&[20_000]), None);
        let mut uneven = pool(10, 1, 1, &[80_000]);
        uneven[9].arrived_us += 50_000;
        uneven[9].ended_us += 50_000;
        assert_eq!(Pattern::of(&uneven).unwrap().pause_us, None);
        // Twice in ten waits is not each time.
        let mut twice = pool(10, 1, 1, &[0]);
        for (later, request) in twice.iter_mut().enumerate() {
            let pauses = u64::from(later >= 3) + u64::from(later >= 6);
            request.arrived_us += pauses * 80_000;
            request.ended_us += pauses * 80_000;
        }
        // The others are gaps of nothing, and so not alike.
        assert_eq!(of(&twice).pause_us, None);
        let side = pool(10, 1, 1, &[3_000]).into_iter().map(|mut request| {
            request.arrived_us += DELAY_US / 2;
            request.ended_us += DELAY_US / 2;
            request
        });
        twice.extend(side.filter(|request| request.arrived_us > 0));
        assert_eq!(of(&without_processes(twice)).pause_us, None);
    }

    proptest! {
        /// Whatever each worker takes between two requests, if that is less than the delay.
        #[test]
        fn a_pool_of_processes_is_seen_as_it_is(
            requests in 40..150_usize, workers in 2..9_usize, chunk in 2..7_usize,
            gaps in prop::collection::vec(0..20_000_u64, 1..9),
        ) {
            let seen = of(&pool(requests, workers, chunk, &gaps));
            prop_assert_eq!(seen.at_once, workers.min(requests.div_ceil(chunk)));
            prop_assert!(seen.waves >= seen.waves_needed());
            let are_many = requests >= 2 * workers * chunk;
            if seen.waves > seen.waves_needed() && gaps.len() == 1 && are_many {
                prop_assert!(seen.chunk.is_some(), "{:?}", seen);
            }
            let single = of(&pool(requests, workers, 1, &[1_000]));
            prop_assert_eq!(single.chunk, None);
            prop_assert_eq!(single.waves, single.waves_needed());
        }

        /// The order in which they are given does not matter, nor when the clock began.
        #[test]
        fn only_differences_of_time_matter(
            times in prop::collection::vec((0..1_000_000_u64, 1..200_000_u64), 1..60), later: u32,
        ) {
            let at = |(arrived_us, took): (u64, u64), connection| {
                TimedRequest { arrived_us, ended_us: arrived_us + took, connection, process: None }
            };
            let requests: Vec<_> =
                times.iter().enumerate().map(|(number, &time)| at(time, number)).collect();
            let mut moved: Vec<_> = requests.iter().rev().copied().collect();
            for request in &mut moved {
                request.arrived_us += u64::from(later);
                request.ended_us += u64::from(later);
            }
            let seen = Pattern::of(&requests).unwrap();
            prop_assert!(seen.at_once <= seen.requests && seen.waves <= seen.requests);
            prop_assert!(seen.waves >= 1 && seen.at_once >= 1);
            prop_assert!(seen.at_once * seen.waves >= seen.requests);
            let again = Pattern::of(&moved).unwrap();
            prop_assert_eq!(
                (again.at_once, again.waves, again.pause_us),
                (seen.at_once, seen.waves, seen.pause_us)
            );
        }
    }
}
