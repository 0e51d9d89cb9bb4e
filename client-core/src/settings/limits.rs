//! The bounds of a client's numeric options.

use std::num::NonZeroUsize;

use tokio::sync::Semaphore;
use units::{Localized, localized, parse_count};

use crate::machine;

/// Threads in a rayon pool, beyond which the pool itself becomes the cost: it wakes and
/// searches all of its threads, and 5,000 take seconds to start.
const MAX_POOL_THREADS: usize = 512;

/// Reads the most requests in flight; `all` is a limit that is never reached.
///
/// # Errors
///
/// A sentence for the user.
pub fn concurrency(text: &str) -> Result<NonZeroUsize, Localized> {
    match text {
        "all" => Ok(ALL_AT_ONCE),
        number => Ok(parse_count(number)?.min(ALL_AT_ONCE)),
    }
}

/// As many requests in flight as there are: a limit that is never reached.
pub(crate) const ALL_AT_ONCE: NonZeroUsize =
    NonZeroUsize::new(Semaphore::MAX_PERMITS).unwrap();

/// The most requests in one run: as many as were seen to fit on a machine with 24 GiB.
pub(crate) const MAX_REQUESTS: usize = 10_000_000;

/// The most requests of which each outcome is kept, unless that is asked for. A million
/// entries would take more memory than a million waiting requests.
pub const MAX_KEPT: usize = 100_000;

/// The most connections that requests share.
const MAX_CONNECTIONS: usize = 10_000;

/// Reads the number of connections that requests share.
///
/// # Errors
///
/// A sentence for the user.
pub fn connections(text: &str) -> Result<NonZeroUsize, Localized> {
    at_most(
        MAX_CONNECTIONS,
        text,
        &localized!("; each carries many requests", "；每个连接承载许多请求"),
    )
}

/// Requests per HTTP/2 connection. h2 looks each of them up more than once, which is fastest
/// while its tables fit into a processor's cache: 10,000 over 5 connections and not 2 take a
/// fifth less, 1,000,000 over 64 a sixth.
const REQUESTS_PER_CONNECTION: usize = 2_000;

/// With more connections, less is read and written at a time, until that costs more than is
/// won.
const ENOUGH_CONNECTIONS: usize = 64;

/// The default number of connections that requests share. With at least one for each
/// thread that can send, none waits for another.
pub(crate) fn usual_connections(in_flight: NonZeroUsize) -> NonZeroUsize {
    let useful = in_flight.get().div_ceil(REQUESTS_PER_CONNECTION);
    let useful = NonZeroUsize::new(useful.min(ENOUGH_CONNECTIONS));
    machine::cpus().max(useful.unwrap_or(NonZeroUsize::MIN))
}

/// The most runtimes, each of which is a thread with files of its own.
const MAX_RUNTIMES: usize = 512;

/// Reads the number of requests of a run.
///
/// # Errors
///
/// A sentence for the user.
pub fn requests(text: &str) -> Result<NonZeroUsize, Localized> {
    at_most(MAX_REQUESTS, text, &localized!("", ""))
}

/// Reads the number of runtimes.
///
/// # Errors
///
/// A sentence for the user, also for more than any machine has use for.
pub fn runtimes(text: &str) -> Result<NonZeroUsize, Localized> {
    let why = localized!(
        ": one thread can wait for any number of requests, and more threads than CPUs gain \
         nothing",
        "：一个线程就能等待任意多个请求，线程多于 CPU 没有好处",
    );
    at_most(MAX_RUNTIMES, text, &why)
}

/// Reads a count that has a limit, and says why.
fn at_most(
    most: usize,
    text: &str,
    Localized { en, zh }: &Localized,
) -> Result<NonZeroUsize, Localized> {
    let count = parse_count(text)?;
    if count.get() > most {
        Err(localized!("at most {most}{en}", "最多 {most}{zh}"))
    } else {
        Ok(count)
    }
}

/// Reads the number of threads for a rayon pool.
///
/// # Errors
///
/// A sentence for the user, also for more threads than a pool is good for.
pub fn pool_threads(text: &str) -> Result<NonZeroUsize, Localized> {
    let threads = parse_count(text)?;
    if threads.get() > MAX_POOL_THREADS {
        return Err(localized!(
            "at most {MAX_POOL_THREADS}: a rayon pool is made for computing, and with more \
             threads the pool itself costs more than it gains. For more requests in flight, \
             use client-async",
            "最多 {MAX_POOL_THREADS}：rayon 线程池是为计算设计的，线程再多，线程池本身的\
             开销就超过收益。需要更多在途请求时，请用 client-async",
        ));
    }
    Ok(threads)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_more_than_anybody_has_and_a_number_is_itself() {
        let permits = |text: &str| concurrency(text).map(NonZeroUsize::get);
        assert_eq!(permits("all"), Ok(Semaphore::MAX_PERMITS));
        assert_eq!(permits("7"), Ok(7));
        assert_eq!(permits(&usize::MAX.to_string()), Ok(Semaphore::MAX_PERMITS));
        assert!(permits("0").is_err());
    }
}
