//! Computation on each response (`--cpu-work`): for when waiting is not the only cost.
//!
//! It runs where the response arrives, on the thread that blocks or on the one that runs the
//! task. That is the point: a thread that computes blocks all other tasks on it.

use std::hint::black_box;
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;

/// Steps between two reads of the clocks: some microseconds.
const STEPS: u32 = 2_000;

/// The resolution of a thread's CPU clock. Windows advances it by whole ticks of its timer,
/// 64 a second; elsewhere it is far finer than the steps.
const RESOLUTION: Duration =
    if cfg!(windows) { Duration::from_micros(15_625) } else { Duration::ZERO };

/// Computes on this thread until it has had this much CPU time for it. That is longer by the
/// wall clock where others want the CPU too.
pub(crate) fn compute(time: Duration) {
    if time.is_zero() {
        return;
    }
    let (wall, cpu) = (Instant::now(), ThreadTime::now());
    let mut number = 1_u64;
    while !is_done(time, wall.elapsed(), cpu.elapsed(), RESOLUTION) {
        for _ in 0..STEPS {
            // One step of a common generator of random numbers.
            number ^= number << 13;
            number ^= number >> 7;
            number ^= number << 17;
        }
        black_box(number);
    }
}

/// Whether a thread has computed for `time`, going by both clocks.
///
/// A coarse CPU clock alone would end 2 ms of work at its next tick, after anything from 0 to
/// 16 ms. CPU time never exceeds wall time, and equals it on an otherwise idle CPU. So
/// the wall clock ends the work, unless the CPU clock shows a shortfall that its resolution
/// cannot explain.
fn is_done(
    time: Duration,
    wall: Duration,
    cpu: Duration,
    resolution: Duration,
) -> bool {
    wall >= time && cpu + resolution >= time
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    /// The CPU time of this thread for `work`.
    fn cpu_time_of(work: impl FnOnce()) -> Duration {
        let begun = ThreadTime::now();
        work();
        begun.elapsed()
    }

    #[test]
    fn it_takes_the_cpu_time_that_it_is_asked_for_and_no_sleep_would_do() {
        // Many ticks of the coarsest clock.
        let time = Duration::from_millis(150);
        let computed = cpu_time_of(|| compute(time));
        assert!(computed + RESOLUTION >= time, "{computed:?}");
        assert!(computed < time * 3 / 2, "{computed:?}");

        let slept = cpu_time_of(|| thread::sleep(time));
        assert!(slept + RESOLUTION < time, "{slept:?}");
    }

    #[test]
    fn with_a_fine_clock_nothing_but_cpu_time_counts() {
        let ms = Duration::from_millis;
        let is_done = |wall, cpu| is_done(ms(10), ms(wall), ms(cpu), Duration::ZERO);
        assert!(is_done(10, 10));
        assert!(!is_done(30, 9), "others had the CPU");
        assert!(is_done(30, 10));
    }

    #[test]
    fn with_a_coarse_clock_work_shorter_than_its_tick_takes_no_more_and_no_less() {
        let ms = Duration::from_millis;
        let is_done = |time, wall, cpu| is_done(ms(time), ms(wall), ms(cpu), ms(16));
        assert!(!is_done(2, 1, 16), "a tick right after the start proves nothing");
        assert!(is_done(2, 2, 0), "no tick within 2 ms proves nothing either");
        assert!(!is_done(50, 60, 32), "others had the CPU for a tick at the least");
        assert!(is_done(50, 60, 48));
    }
}
