//! The mistakes that a diagnosis can name.

use clap::ValueEnum;
use serde::Deserialize;

/// What is wrong with a program, by what was observed of it, in the order in which mistakes
/// are named if there are several: one that explains the others is first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Mistake {
    /// It does not compile: something that is not a future is awaited.
    NotAFuture,
    /// It does not compile, for another reason.
    DoesNotCompile,
    /// It panicked, since a runtime was started or dropped inside another.
    BlockingClientInARuntime,
    /// It ended well without waiting for requests that it had begun, or was about to begin.
    LeftTooEarly,
    /// It panicked otherwise.
    Panicked,
    /// It ended well, and not one request arrived.
    NothingSent,
    /// It failed, or showed results, and not one request arrived here.
    AnotherAddress,
    /// More requests arrived than were asked for.
    TooManyRequests,
    /// Never more than one was in flight, and no other task ran meanwhile.
    BlockedThread,
    /// A few were in flight, and no other task ran meanwhile.
    BlockedWorkers,
    /// No other task ran beside the requests, though one was wanted.
    NoTicks,
    /// More were begun than were ever in flight, and a lock or a semaphore held them back.
    LockAcrossAwait,
    /// Requests waited in the server's own queue.
    ServerBottleneck,
    /// Never more than one was in flight.
    OneByOne,
    /// Several were in flight, but fewer than wanted.
    TooFewAtOnce,
    /// The server was full, and rejected some.
    TurnedAway,
    /// More were in flight than wanted.
    TooManyAtOnce,
    /// As many in flight as wanted, but in more rounds than that needs.
    Chunks,
    /// It waited for the response that is never sent until it was ended.
    WaitsForEver,
    /// It was ended at the bound for another reason.
    DoesNotEnd,
    /// One request failed, and results of others were lost with it.
    OneFailureEndsAll,
    /// A failed response was shown as though it were a page.
    StatusIgnored,
    /// A response failed, and nothing was said of it.
    FailureHidden,
    /// It ended with an error of its own.
    Failed,
    /// Fewer requests arrived than were asked for.
    TooFewRequests,
    /// It ended with success, with fewer results shown than responses sent.
    ResultsLost,
    /// Results were held back until the last response arrived.
    HeldBack,
    /// More connections than are wanted.
    AConnectionEach,
    /// It ended, and left processes running.
    LeftRunning,
}

/// What is worth a word about a program that is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// Each request blocks a thread while it waits.
    AThreadEach,
    /// A request that had failed was sent again.
    SentAgain,
}

impl Mistake {
    /// Its name in packs, in progress files and on the screen: `one-by-one`.
    #[must_use]
    pub fn name(self) -> String {
        let value = self.to_possible_value();
        value.map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}
