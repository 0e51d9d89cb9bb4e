//! The characters of a picture on a terminal; `units` has their substitutes in ASCII.

/// A request is sent.
pub const SENT: char = '┣';
/// The time of the client and the network.
pub const CLIENT_AND_NETWORK: char = '▓';
/// It is queued in the server.
pub const QUEUED: char = '┄';
/// The server works on it.
pub const WAITING: char = '━';
/// It ends without a page.
pub const FAILED: char = '╳';
/// Where a run should have ended.
pub const IDEAL: char = '▲';
/// How many of a row's requests are in flight, from few to all.
pub const DENSITY: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
