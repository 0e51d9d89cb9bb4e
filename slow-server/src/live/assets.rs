//! The live page: its files, which are part of the program, and what a browser may do with
//! them.

use axum::http::HeaderName;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
};
use axum::response::IntoResponse;

/// A file of the page.
#[derive(Debug)]
pub(crate) struct File {
    /// Where it is.
    pub(crate) path: &'static str,
    kind: &'static str,
    text: &'static str,
}

/// All of them: nothing else is fetched, from nowhere.
pub(crate) static FILES: [File; 6] = [
    File {
        path: "/dashboard",
        kind: "text/html; charset=utf-8",
        text: include_str!("../../page/dashboard.html"),
    },
    File {
        path: "/dashboard/style.css",
        kind: "text/css; charset=utf-8",
        text: include_str!("../../page/style.css"),
    },
    File {
        path: "/dashboard/icon.svg",
        kind: "image/svg+xml",
        text: include_str!("../../page/icon.svg"),
    },
    File {
        path: "/dashboard/dashboard.mjs",
        kind: SCRIPT,
        text: include_str!("../../page/dashboard.mjs"),
    },
    File {
        path: "/dashboard/lanes.mjs",
        kind: SCRIPT,
        text: include_str!("../../page/lanes.mjs"),
    },
    File {
        path: "/dashboard/words.mjs",
        kind: SCRIPT,
        text: include_str!("../../page/words.mjs"),
    },
];

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
