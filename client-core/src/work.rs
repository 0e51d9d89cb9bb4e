//! Real computation on each answer: for when waiting is not all that costs.
//!
//! It is done where the answer arrives, by the thread that blocks or by the one that runs the
//! task. That is the point: a thread that computes lets nobody else on it go on.

use std::hint::black_box;
use std::time::Duration;

use cpu_time::ThreadTime;

/// Steps between two looks at the clock: some microseconds.
const STEPS: u32 = 2_000;

/// Computes on this thread until it has had so much CPU time for it. That is longer by the
/// clock on the wall where others want the CPU too.
pub(crate) fn compute(time: Duration) {
    if time.is_zero() {
        return;
    }
    let begun = ThreadTime::now();
    let mut number = 1_u64;
    while begun.elapsed() < time {
        for _ in 0..STEPS {
            // One step of a common generator of random numbers.
            number ^= number << 13;
            number ^= number >> 7;
            number ^= number << 17;
        }
        black_box(number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_the_cpu_time_that_it_is_asked_for_and_no_sleep_would_do() {
        let begun = ThreadTime::now();
        for _ in 0..5 {
            compute(Duration::from_millis(10));
        }
        let taken = begun.elapsed();
        assert!(taken >= Duration::from_millis(50), "{taken:?}");
        // A look at the clock too many is far less than a millisecond.
        assert!(taken < Duration::from_millis(60), "{taken:?}");
    }
}
