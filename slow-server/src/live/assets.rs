//! The live page: its files, which are part of the program, and what a browser may do with
//! them.

use axum::http::HeaderName;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
};
use axum::response::IntoResponse;

/// What the report of `compare --html` shares with the live page.
pub mod shared {
    /// The colours, and what else both pages look like.
    pub const THEME: &str = include_str!("../../page/shared/theme.css");
    /// Each word in both languages.
    pub const WORDS: &str = include_str!("../../page/shared/words.mjs");
    /// Elements, tables, times, and the switches for language and theme.
    pub const PAGE: &str = include_str!("../../page/shared/page.mjs");
    /// The drawing of states, axes and marks.
    pub const DRAW: &str = include_str!("../../page/shared/draw.mjs");
}

/// A file of the page.
#[derive(Debug)]
pub(crate) struct File {
    /// Where it is.
    pub(crate) path: &'static str,
    kind: &'static str,
    text: &'static str,
}

/// A file below `/dashboard`, by its path in `slow-server/page`.
macro_rules! file {
    ($path:literal, $kind:expr) => {
        File {
            path: concat!("/dashboard/", $path),
            kind: $kind,
            text: include_str!(concat!("../../page/", $path)),
        }
    };
}

/// All of them: nothing else is fetched, from nowhere.
pub(crate) static FILES: [File; 15] = [
    File {
        path: "/dashboard",
        ..file!("dashboard.html", "text/html; charset=utf-8")
    },
    file!("style.css", STYLE),
    file!("icon.svg", "image/svg+xml"),
    file!("controls.mjs", SCRIPT),
    file!("dashboard.mjs", SCRIPT),
    file!("feed.mjs", SCRIPT),
    file!("guess.mjs", SCRIPT),
    file!("lane-canvas.mjs", SCRIPT),
    file!("lanes.mjs", SCRIPT),
    file!("runs.mjs", SCRIPT),
    file!("table.mjs", SCRIPT),
    file!("shared/draw.mjs", SCRIPT),
    file!("shared/page.mjs", SCRIPT),
    file!("shared/theme.css", STYLE),
    file!("shared/words.mjs", SCRIPT),
];

const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Only what comes from this server, nothing within the page's own text, and no page
/// around it that could have its buttons pressed.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'";

impl File {
    /// The file as it is sent.
    pub(crate) fn response(&'static self) -> impl IntoResponse + use<> {
        let head: [(HeaderName, &'static str); 4] = [
            (CONTENT_TYPE, self.kind),
            (CONTENT_SECURITY_POLICY, POLICY),
            (REFERRER_POLICY, "no-referrer"),
            // A server that was built anew has to show its new page.
            (CACHE_CONTROL, "no-cache"),
        ];
        (head, self.text)
    }
}
