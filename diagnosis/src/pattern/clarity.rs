//! Whether the times of requests show that these waited for responses. A program that sends at a
//! steady rate has as many in flight as the delay makes of it, which is no limit of its own.

use super::TimedRequest;

/// Of `waves` waves with at most `at_once` in flight; the requests are in the order of arrival.
pub(super) fn is_clear(
    requests: &[TimedRequest],
    at_once: usize,
    waves: usize,
) -> bool {
    if at_once == requests.len() {
        return true;
    }
    if at_once == 1 {
        return is_prompt(requests, 1);
    }
    let sends_on = is_regular(requests);
    !sends_on
        && (waits_in_between(requests, at_once, waves)
            || fills_up(requests, at_once))
}

/// A time is short if it is at most one part in this many of a response time.
const SHORT: u64 = 8;

/// Whether it had its most in flight and was silent between most of its waves, for at least
/// half of a response time, until a response came, or until all had come and with several
/// requests then.
fn waits_in_between(
    requests: &[TimedRequest],
    at_once: usize,
    waves: usize,
) -> bool {
    let shortest = requests.iter().map(took).min().unwrap_or(0);
    let lags = lags(requests);
    let in_flight: Vec<_> = super::in_flight(requests).collect();
    let over_us: Vec<_> = requests
        .iter()
        .scan(0, |last, request| {
            *last = request.ended_us.max(*last);
            Some(*last)
        })
        .collect();
    let is_wait = |index: &usize| {
        let arrived_us = requests[*index].arrived_us;
        let gap = arrived_us - requests[index - 1].arrived_us;
        let is_burst = requests
            .get(index + 1)
            .is_some_and(|next| next.arrived_us - arrived_us <= shortest / SHORT);
        let is_all_over = over_us[index - 1] <= arrived_us;
        in_flight[index - 1] == at_once
            && gap > 0
            && gap >= shortest / 2
            && (lags[*index].is_some_and(|lag| lag <= shortest / SHORT)
                || (is_burst && is_all_over))
    };
    let waits = (1..requests.len()).filter(is_wait).count();
    waits > 0 && 2 * waits >= waves - 1
}

/// Whether most requests arrived as soon as there was a free slot.
fn fills_up(requests: &[TimedRequest], at_once: usize) -> bool {
    let in_flight: Vec<_> = super::in_flight(requests).collect();
    let Some(full) = in_flight.iter().position(|&now| now == at_once) else {
        return false;
    };
    let later = &in_flight[full + 1..];
    let filled = later.iter().filter(|&&now| now == at_once).count();
    2 * filled >= later.len() && is_prompt(&requests[full..], at_once)
}

/// Whether half of the requests arrived right after a response, compared with the time between two
/// responses with this many in flight.
fn is_prompt(requests: &[TimedRequest], at_once: usize) -> bool {
    let lags = lags(requests).into_iter().flatten();
    let (lag, took) =
        (median(lags.collect()), median(requests.iter().map(took).collect()));
    let share = if at_once == 1 { 1 } else { 4 * at_once as u64 };
    lag.zip(took).is_some_and(|(lag, took)| lag * share <= took)
}

/// Microseconds between each request and the last response before it.
fn lags(requests: &[TimedRequest]) -> Vec<Option<u64>> {
    let mut ends: Vec<_> = requests.iter().map(|request| request.ended_us).collect();
    ends.sort_unstable();
    let lag = |request: &TimedRequest| {
        let ended = ends.partition_point(|&end| end <= request.arrived_us);
        Some(request.arrived_us - ends[ended.checked_sub(1)?])
    };
    requests.iter().map(lag).collect()
}

/// Gaps that differ from their median by more than one part in this many have no rhythm.
const RHYTHM: u64 = 5;

/// Whether they are sent at a fixed rate, for most of the time.
fn is_regular(requests: &[TimedRequest]) -> bool {
    let gaps = || {
        let gap = |two: &[TimedRequest]| two[1].arrived_us - two[0].arrived_us;
        requests.windows(2).map(gap)
    };
    let usual = median(gaps().collect()).unwrap_or(0);
    let is_near = |gap: &u64| gap.abs_diff(usual) <= usual / RHYTHM;
    let (near, all): (u64, u64) = (gaps().filter(is_near).sum(), gaps().sum());
    let (number, of) = (gaps().filter(is_near).count(), gaps().count());
    4 * near >= 3 * all && 4 * number >= 3 * of
}

fn took(request: &TimedRequest) -> u64 {
    request.ended_us - request.arrived_us
}

fn median(mut values: Vec<u64>) -> Option<u64> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}
