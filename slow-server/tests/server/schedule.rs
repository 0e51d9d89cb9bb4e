//! The schedule: the same delay and the same failure for request 17, whoever asks.

use std::time::Duration;

use proptest::prelude::*;
use slow_server::{Config, Schedule};

fn schedule(jitter_ms: u64, fail_rate: f64, seed: u64) -> Schedule {
    let [delay, jitter] = [100, jitter_ms].map(Duration::from_millis);
    Config { delay, jitter, fail_rate, seed, ..Config::default() }.schedule()
}

proptest! {
    #[test]
    fn a_response_depends_on_the_seed_and_the_number_alone(
        seed: u64, request: u64, jitter in 0..10_000_u64, rate in 0.0..=1.0,
    ) {
        let one = schedule(jitter, rate, seed);
        let other = schedule(jitter, rate, seed);
        prop_assert_eq!(one.response(request), other.response(request));
    }

    #[test]
    fn a_delay_stays_between_the_delay_and_the_jitter_above_it(
        seed: u64, request: u64, jitter in 0..10_000_u64,
    ) {
        let planned = schedule(jitter, 0.0, seed).response(request);
        prop_assert!(planned.delay >= Duration::from_millis(100));
        prop_assert!(planned.delay <= Duration::from_millis(100 + jitter));
    }

    #[test]
    fn nothing_fails_at_rate_0_and_everything_at_rate_1(seed: u64, request: u64) {
        prop_assert!(!schedule(0, 0.0, seed).response(request).fails);
        prop_assert!(schedule(0, 1.0, seed).response(request).fails);
    }
}

#[test]
fn the_share_of_failures_is_the_one_asked_for() {
    let schedule = schedule(0, 0.25, 7);
    let failures =
        (0..100_000).filter(|&request| schedule.response(request).fails).count();
    // Six standard deviations of a binomial are 822; the seed is fixed anyway.
    assert!(failures.abs_diff(25_000) < 822, "{failures} of 100,000");
}

#[test]
fn another_seed_is_another_schedule() {
    let responses =
        |seed| (0..32).map(|i| schedule(1000, 0.5, seed).response(i)).collect();
    let (one, other): (Vec<_>, Vec<_>) = (responses(1), responses(2));
    assert_ne!(one, other);
}
