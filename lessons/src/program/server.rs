//! The server of a check: how it is set to do what the exercise has it do.

use std::num::NonZeroUsize;

use slow_server::{Config, ResponseGate};

use crate::pack::Server;

/// The seeds that are tried: of ten requests, one seed in 74 fails a certain one alone.
const SEEDS: u64 = 100_000;

/// A server that does what the exercise has it do, with this gate.
pub(super) fn config(script: &Server, gate: &ResponseGate) -> Config {
    let config = Config {
        max_concurrent: script.max_concurrent,
        when_full: script.when_full,
        gate: Some(gate.clone()),
        journal: true,
        ..Config::default()
    };
    match script.fails {
        Some(request) => failing(config, request, script.requests),
        None => config,
    }
}

/// The server fails by a seed. This is the first one with which it fails this request, and
/// no other of them, nor one that is sent in its place.
fn failing(config: Config, request: usize, requests: NonZeroUsize) -> Config {
    let fail_rate = 1.0 / requests.get() as f64;
    let fails_it_alone = |config: &Config| {
        let schedule = config.schedule();
        (0..2 * requests.get()).all(|number| {
            schedule.response(number as u64).fails == (number == request)
        })
    };
    (0..SEEDS)
        .map(|seed| Config { fail_rate, seed, ..config.clone() })
        .find(fails_it_alone)
        .unwrap_or(config)
}
