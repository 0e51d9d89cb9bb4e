//! The states of a request as a terminal shows them. The pages have the same states in
//! `slow-server/page/shared/`: `theme.css` their colours, `words.mjs` their names. A test in
//! `compare` holds the three together.

use anstyle::AnsiColor;

/// A state of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// What it is called.
    pub name: &'static str,
    /// Its colour on a terminal.
    pub colour: AnsiColor,
}

/// All that is neither of the following: the client's time and the network's.
pub const CLIENT_AND_NETWORK: State =
    State { name: "client and network", colour: AnsiColor::Cyan };
/// It is under way, and nobody says more: not a state of its own, but what the client knows
/// of one at a server that does not say what it does.
pub const IN_FLIGHT: &str = "in flight";
/// It stands in the server's queue.
pub const QUEUED: State = State { name: "queued", colour: AnsiColor::BrightBlack };
/// The server works on it, which here is to wait.
pub const WAITING: State = State { name: "waiting", colour: AnsiColor::Yellow };
/// It ended without a page.
pub const FAILED: State = State { name: "failed", colour: AnsiColor::Red };

/// All of them.
pub const STATES: [State; 4] = [CLIENT_AND_NETWORK, QUEUED, WAITING, FAILED];
