//! Which delay and which failure a request gets: the same for every client.
//!
//! Request 17 is the slow one for every client, so that all of them run under equal
//! conditions and a run can be repeated.

use std::time::Duration;

/// The delays and failures of a server, by request number. A pure function of its fields.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Schedule {
    pub(crate) delay: Duration,
    pub(crate) jitter: Duration,
    pub(crate) fail_rate: f64,
    pub(crate) seed: u64,
}

/// What the server does with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedResponse {
    /// The delay of the response: the server's delay, plus at most the jitter.
    pub delay: Duration,
    /// Whether it is a 503 and not the page.
    pub fails: bool,
}

impl Schedule {
    /// What request number `request` gets, counted from 0.
    #[must_use]
    pub fn response(&self, request: u64) -> PlannedResponse {
        // Two independent draws from one counter: even numbers delay, odd ones fail.
        let draw = request.wrapping_mul(2);
        let extra = self.jitter.mul_f64(fraction(self.seed, draw));
        let fails = fraction(self.seed, draw.wrapping_add(1)) < self.fail_rate;

        PlannedResponse { delay: self.delay + extra, fails }
    }
}

/// Number `draw` of the sequence under `seed`, in [0, 1).
fn fraction(seed: u64, draw: u64) -> f64 {
    // The upper 53 bits are as many as an `f64` holds exactly.
    (mix(mix(seed).wrapping_add(draw)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// `SplitMix64`: turns a counter into evenly spread bits, without state. Source: Steele, Lea
/// and Flood, "Fast splittable pseudorandom number generators", 2014, with Stafford's
/// constants.
fn mix(counter: u64) -> u64 {
    let z = counter.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
