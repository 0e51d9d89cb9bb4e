//! The states of a request as a terminal shows them. The pages have the same states in
//! `slow-server/page/shared/`: `theme.css` their colours, `words.mjs` their names. A test in
//! `compare` holds the three together.

use anstyle::AnsiColor;
use units::Localized;

/// A state of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// What it is called.
    pub name: Localized<&'static str>,
    /// Its colour on a terminal.
    pub colour: AnsiColor,
}

/// All that is neither of the following: the client's time and the network's.
pub const CLIENT_AND_NETWORK: State =
    state("client and network", "客户端与网络", AnsiColor::Cyan);
/// It is in flight, and no more is known: not a state of its own, but what the client knows
/// of one at a server that does not say what it does.
pub const IN_FLIGHT: Localized<&str> = Localized { en: "in flight", zh: "在途" };
/// It is queued in the server.
pub const QUEUED: State = state("queued", "排队", AnsiColor::BrightBlack);
/// The server works on it, which here is to wait.
pub const WAITING: State = state("waiting", "等待中", AnsiColor::Yellow);
/// It ended without a page.
pub const FAILED: State = state("failed", "失败", AnsiColor::Red);

/// All of them.
pub const STATES: [State; 4] = [CLIENT_AND_NETWORK, QUEUED, WAITING, FAILED];

const fn state(en: &'static str, zh: &'static str, colour: AnsiColor) -> State {
    State { name: Localized { en, zh }, colour }
}
