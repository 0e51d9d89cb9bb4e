//! The files of the live page, which are part of the program, and their security headers.

use axum::http::HeaderName;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
};
use axum::response::IntoResponse;

/// What the report of `compare --html` shares with the live page.
pub mod shared {
    /// The colours and the style of both pages.
    pub const THEME: &str = include_str!("../../page/shared/theme.css");
    /// The words in both languages.
    pub const WORDS: &str = include_str!("../../page/shared/words.mjs");
    /// Elements, tables, times, and the switches for language and theme.
    pub const PAGE: &str = include_str!("../../page/shared/page.mjs");
    /// The drawing of states, axes and marks.
    pub const DRAW: &str = include_str!("../../page/shared/draw.mjs");
}

/// A file of the live page.
#[derive(Debug)]
pub(crate) struct Asset {
    /// Its path on the server.
    pub(crate) path: &'static str,
    content_type: &'static str,
    text: &'static str,
}

/// A file below `/dashboard`, by its path in `slow-server/page`.
macro_rules! asset {
    ($path:literal, $content_type:expr) => {
        Asset {
            path: concat!("/dashboard/", $path),
            content_type: $content_type,
            text: include_str!(concat!("../../page/", $path)),
        }
    };
}

/// All assets of the page.
pub(crate) static ASSETS: [Asset; 15] = [
    Asset {
        path: "/dashboard",
        ..asset!("dashboard.html", "text/html; charset=utf-8")
    },
    asset!("style.css", STYLE),
    asset!("icon.svg", "image/svg+xml"),
    asset!("controls.mjs", SCRIPT),
    asset!("dashboard.mjs", SCRIPT),
    asset!("feed.mjs", SCRIPT),
    asset!("guess.mjs", SCRIPT),
    asset!("lane-canvas.mjs", SCRIPT),
    asset!("lanes.mjs", SCRIPT),
    asset!("runs.mjs", SCRIPT),
    asset!("table.mjs", SCRIPT),
    asset!("shared/draw.mjs", SCRIPT),
    asset!("shared/page.mjs", SCRIPT),
    asset!("shared/theme.css", STYLE),
    asset!("shared/words.mjs", SCRIPT),
];

const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Only what comes from this server, nothing inline, and no frame around it (clickjacking).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'";

impl Asset {
    /// The file as it is sent.
    pub(crate) fn response(&'static self) -> impl IntoResponse + use<> {
        let head: [(HeaderName, &'static str); 4] = [
            (CONTENT_TYPE, self.content_type),
            (CONTENT_SECURITY_POLICY, POLICY),
            (REFERRER_POLICY, "no-referrer"),
            // A server that was built anew has to show its new page.
            (CACHE_CONTROL, "no-cache"),
        ];
        (head, self.text)
    }
}
