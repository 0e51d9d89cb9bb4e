//! What a picture on a terminal is drawn with.

/// The glyphs that a picture is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyphs {
    /// A request is sent.
    pub sent: char,
    /// The time of the client and the network.
    pub client_and_network: char,
    /// It stands in the server's queue.
    pub queued: char,
    /// The server works on it.
    pub waiting: char,
    /// It ends without a page.
    pub failed: char,
    /// Where a run should have ended.
    pub ideal: char,
    /// How many of a row's requests are in flight, from few to all.
    pub density: [char; 8],
}

impl Glyphs {
    /// For a terminal that shows Unicode.
    pub const UNICODE: Self = Self {
        sent: '┣',
        client_and_network: '▓',
        queued: '┄',
        waiting: '━',
        failed: '╳',
        ideal: '▲',
        density: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
    };

    /// For all others.
    pub const ASCII: Self = Self {
        sent: '|',
        client_and_network: '#',
        queued: '.',
        waiting: '-',
        failed: 'x',
        ideal: '^',
        density: ['.', ':', '-', '=', '+', '*', '%', '@'],
    };

    /// Those that this terminal shows, as far as the locale tells.
    #[must_use]
    pub fn of_this_terminal() -> Self {
        let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        // The first that is set decides, as it does for the C library.
        let locale =
            set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG"));
        let is_utf8 = locale.map_or(cfg!(windows), |locale| {
            let locale = locale.to_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        if is_utf8 { Self::UNICODE } else { Self::ASCII }
    }
}
